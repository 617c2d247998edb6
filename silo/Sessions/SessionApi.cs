using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.OpenApi;

namespace OrleansKd.Silo.Sessions;

/// <summary>REST for session resources.</summary>
internal static class SessionApi
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Sessions, List).WithMetadata(new EdgeDemand(ShowsSessions: true))
            .ForTokens(TokenRight.Read).Describe("listSessions", "The sessions that you host or are invited to; the header Link names the next page");
        routes.MapPost(Routes.Sessions, Host)
            .ForTokens(TokenRight.Host).Describe("hostSession", "Start a debugger and host a session of it", ProblemCodes.NotPermitted, ProblemCodes.ComputerNotFound, ProblemCodes.DebuggerNotStarted, ProblemCodes.LimitReached, ProblemCodes.WrongState);
        routes.MapGet(Routes.Session, Get).WithMetadata(new EdgeDemand(ShowsSessions: true))
            .ForTokens(TokenRight.Read).Describe("getSession", "One session", ProblemCodes.SessionNotFound);
        routes.MapPatch(Routes.Session, (string id, ChangeSessionRequest request, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Change(caller.Id, new SessionChange(request.ClientsMayReopen))))
            .ForTokens(TokenRight.Host).Describe("changeSession", "Change what a session allows", ApiOperations.HostsSession);
        routes.MapPost(Routes.Delete, (string id, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Delete(caller.Id)))
            .ForTokens(TokenRight.Host).Describe("deleteSession", "Delete a terminated session, its transcript and everything else that belongs to it, for everybody", ProblemCodes.SessionNotFound, ProblemCodes.HostOnly, ProblemCodes.WrongState);
        routes.MapInvitations();
        routes.MapPost(Routes.Commands, EnterCommand).RequireRateLimiting(CallLimits.Commanding)
            .ForTokens(TokenRight.Host).Describe("enterCommand", "Enter a command; it is recorded before it runs", ApiOperations.UsesDebugger);
        routes.MapDelete(Routes.Command, (string id, string command, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.RemoveCommand(caller.Id, command)))
            .ForTokens(TokenRight.Host).Describe("removeCommand", "Remove a command that waits", [.. ApiOperations.HostsSession, ProblemCodes.WrongState]);
        routes.MapPut(Routes.Operator, (string id, string email, GrantRequest request, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Grant(caller.Id, email, request.Right ?? (OperatorRight)(-1))))
            .ForTokens(TokenRight.Host).Describe("grantOperator", "Give an invited client a right to enter commands", [.. ApiOperations.HostsSession, ProblemCodes.UserNotFound]);
        routes.MapDelete(Routes.Operator, (string id, string email, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Ungrant(caller.Id, email)))
            .ForTokens(TokenRight.Host).Describe("revokeOperator", "Take a client's right to enter commands away", [.. ApiOperations.HostsSession, ProblemCodes.UserNotFound]);
        routes.MapPost(Routes.Break, (string id, BreakRequest request, Caller caller, IGrainFactory grains) =>
            Press(id, new KeyPress(request.Id ?? "", null, request.Run), caller, grains))
            .DisableRateLimiting() // It waits for nothing (rule E4).
            .ForTokens(TokenRight.Host).Describe("break", "Interrupt the debugger", [.. ApiOperations.UsesDebugger, ProblemCodes.OutOfStep]);
        routes.MapPost(Routes.Keys, (string id, PressKeyRequest request, Caller caller, IGrainFactory grains) =>
            Press(id, new KeyPress(request.Id ?? "", request.Key ?? "", request.Run), caller, grains))
            .DisableRateLimiting()
            .ForTokens(TokenRight.Host).Describe("pressKey", "Press a control key in the debugger", [.. ApiOperations.UsesDebugger, ProblemCodes.OutOfStep]);
        routes.MapPost(Routes.Close, (string id, CloseSessionRequest? request, Caller caller, IGrainFactory grains, [FromHeader(Name = RequestHeaders.IdempotencyKey)] string? key = null) =>
            Do(id, grains, session => session.Close(caller.Id, request?.Target, key)))
            .ForTokens(TokenRight.Host).Describe("closeSession", "Close a session; it can be opened again", [.. ApiOperations.HostsSession, ProblemCodes.DebuggerOffline]);
        routes.MapPost(Routes.Reopen, (string id, ReopenSessionRequest? request, Caller caller, IGrainFactory grains, [FromHeader(Name = RequestHeaders.IdempotencyKey)] string? key = null) =>
            Do(id, grains, session => session.Reopen(caller.Id, new ReopenSession(request?.Computer, request?.Debugger, request?.Arguments), key)))
            .ForTokens(TokenRight.Host).Describe("reopenSession", "Open a closed session again", [.. ApiOperations.HostsSession, ProblemCodes.DebuggerOffline, ProblemCodes.ComputerNotFound, ProblemCodes.DebuggerNotStarted, ProblemCodes.LimitReached, ProblemCodes.WrongState]);
        routes.MapPost(Routes.Terminate, (string id, TerminateSessionRequest request, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Terminate(caller.Id, request.Target)))
            .ForTokens(TokenRight.Host).Describe("terminateSession", "Terminate a session for good", ApiOperations.HostsSession);
        routes.MapTranscript();
    }

    private static async Task<Results<Ok<SessionSummary[]>, ProblemHttpResult>> List(
        Caller caller, IGrainFactory grains, ClusterWatch cluster, HttpResponse response, CancellationToken cancellationToken, int limit = Limits.SessionPageItems, string? after = null)
    {
        if (limit is < 1 or > Limits.SessionPageItems)
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, $"'limit' must be 1 to {Limits.SessionPageItems}."));
        if (after is not null && !SessionId.TryParse(after, out _))
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "'after' must be the id of a session, from the Link header of the page before."));
        // By id: whatever comes and goes meanwhile, what stays is met once.
        var page = await cluster.AskAsync(() => grains.User(caller.User).ReadList(after is null ? null : new SessionRef(after), limit, caller.Id.OnlyComputer)).WaitAsync(cancellationToken);
        if (page.HasMore)
            response.Headers.Link = string.Create(CultureInfo.InvariantCulture, $"<{Routes.Sessions}?limit={limit}&after={page.Sessions[^1].Id.Id}>; rel=\"next\"");
        return TypedResults.Ok<SessionSummary[]>([.. page.Sessions.OrderBy(session => session.CreatedAt).Select(SessionMapping.ToSummary)]);
    }

    private static async Task<Results<Created<SessionSummary>, ProblemHttpResult>> Host(
        HostSessionRequest request, Caller caller, IGrainFactory grains, [FromHeader(Name = RequestHeaders.IdempotencyKey)] string? key = null)
    {
        var id = SessionId.New();
        if (key is not null)
        {
            var reserved = await grains.User(caller.User).ReserveSession(key, AboutOf(request));
            if (reserved.Refusal is { } reused)
                return Problems.Http(reused);
            id = reserved.Value.ToSessionId();
        }
        var outcome = await grains.Session(id).Host(caller.Id,
            new HostSession(request.Computer ?? "", request.Debugger ?? "", request.Arguments ?? "", request.Name ?? "", request.Description ?? "", request.WhenSpoolFull ?? SpoolFullAction.Hold, request.ClientsMayReopen, request.SecureMode ?? false));
        return outcome.Refusal is { } refusal
            ? Problems.Http(refusal)
            : TypedResults.Created(Routes.For(Routes.Session, id.ToString()), SessionMapping.ToSummary(outcome.Value!));
    }

    /// <summary>What a key stands for is stored: a hash, and of nothing secret (rule B8).</summary>
    private static string AboutOf(HostSessionRequest request) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(request with { Arguments = SecretText.MaskArgument(request.Arguments ?? "") }, WireJson.Options)));

    private static async Task<Results<Ok<SessionDetails>, ProblemHttpResult>> Get(string id, Caller caller, IGrainFactory grains)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var outcome = await grains.Session(session).View(caller.Id);
        return outcome.Refusal is { } refusal ? Problems.Http(refusal) : TypedResults.Ok(SessionMapping.ToDetails(outcome.Value!));
    }

    private static async Task<Results<Accepted<EnterCommandResponse>, ProblemHttpResult>> EnterCommand(
        string id, EnterCommandRequest request, Caller caller, IGrainFactory grains, CallLimits limits, [FromHeader(Name = RequestHeaders.IdempotencyKey)] string? key = null)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        if (EnteredCommands.CheckCount(request) is { } malformed)
            return Problems.Http(malformed);
        // The first one is counted with the request.
        if (request.More is { Length: > 0 } more && limits.TakeCommands(caller.User, more.Length) is { } tooMany)
            return Problems.Http(tooMany);
        var outcome = await EnteredCommands.EnterAsync(grains.Session(session), caller.Id, request, key);
        return outcome.Refusal is { } refusal
            ? Problems.Http(refusal)
            : TypedResults.Accepted((string?)null, new EnterCommandResponse(outcome.Value!.CommandId, outcome.Value.Sequence));
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Press(string id, KeyPress press, Caller caller, IGrainFactory grains)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var outcome = await grains.Session(session).Press(caller.Id, press);
        return outcome.Refusal is { } refusal ? Problems.Http(refusal) : TypedResults.Accepted((string?)null);
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> Do(string id, IGrainFactory grains, Func<ISessionGrain, Task<Outcome<Done>>> action)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var outcome = await action(grains.Session(session));
        return outcome.Refusal is { } refusal ? Problems.Http(refusal) : TypedResults.NoContent();
    }
}
