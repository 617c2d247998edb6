using Microsoft.AspNetCore.Http.HttpResults;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Sessions;

/// <summary>REST for session resources.</summary>
internal static class SessionApi
{
    /// <summary>Longest wait of a transcript's long poll.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Sessions of a list that are asked at once.</summary>
    private const int ListParallelism = 16;

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Sessions, List).WithMetadata(new EdgeDemand(ShowsSessions: true));
        routes.MapPost(Routes.Sessions, Host);
        routes.MapGet(Routes.Session, Get).WithMetadata(new EdgeDemand(ShowsSessions: true));
        routes.MapPatch(Routes.Session, (string id, ChangeSessionRequest request, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Change(caller.Id, new SessionChange(request.ClientsMayReopen))));
        routes.MapInvitations();
        routes.MapPost(Routes.Commands, EnterCommand);
        routes.MapDelete(Routes.Command, (string id, string command, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.RemoveCommand(caller.Id, command)));
        routes.MapPut(Routes.Operator, (string id, string email, GrantRequest request, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Grant(caller.Id, email, request.Right ?? (OperatorRight)(-1))));
        routes.MapDelete(Routes.Operator, (string id, string email, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Ungrant(caller.Id, email)));
        routes.MapPost(Routes.Break, (string id, BreakRequest request, Caller caller, IGrainFactory grains) =>
            Press(id, new KeyPress(request.Id ?? "", null, request.Run), caller, grains));
        routes.MapPost(Routes.Keys, (string id, PressKeyRequest request, Caller caller, IGrainFactory grains) =>
            Press(id, new KeyPress(request.Id ?? "", request.Key ?? "", request.Run), caller, grains));
        routes.MapPost(Routes.Close, (string id, CloseSessionRequest? request, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Close(caller.Id, request?.Target)));
        routes.MapPost(Routes.Reopen, (string id, ReopenSessionRequest? request, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Reopen(caller.Id, new ReopenSession(request?.Computer, request?.Debugger, request?.Arguments))));
        routes.MapPost(Routes.Terminate, (string id, TerminateSessionRequest request, Caller caller, IGrainFactory grains) =>
            Do(id, grains, session => session.Terminate(caller.Id, request.Target)));
        routes.MapGet(Routes.Transcript, ReadTranscript).WithMetadata(new EdgeDemand(HoldsMemory: true, ShowsSessions: true));
    }

    private static async Task<Ok<SessionSummary[]>> List(Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var refs = await grains.User(caller.Id).ListSessions();
        var views = new SessionView?[refs.Length];
        await Parallel.ForAsync(0, refs.Length, new ParallelOptions { MaxDegreeOfParallelism = ListParallelism, CancellationToken = cancellationToken },
            async (i, _) => views[i] = (await grains.Session(refs[i].ToSessionId()).View(caller.Id)).Value);
        return TypedResults.Ok<SessionSummary[]>([.. views.OfType<SessionView>().OrderBy(view => view.CreatedAt).Select(SessionMapping.ToSummary)]);
    }

    private static async Task<Results<Created<SessionSummary>, ProblemHttpResult>> Host(HostSessionRequest request, Caller caller, IGrainFactory grains)
    {
        var id = SessionId.New();
        var outcome = await grains.Session(id).Host(caller.Id,
            new HostSession(request.Computer ?? "", request.Debugger ?? "", request.Arguments ?? "", request.Name ?? "", request.Description ?? "", request.WhenSpoolFull ?? SpoolFullAction.Hold, request.ClientsMayReopen, request.SecureMode ?? false));
        return outcome.Refusal is { } refusal
            ? Problems.Http(refusal)
            : TypedResults.Created(Routes.For(Routes.Session, id.ToString()), SessionMapping.ToSummary(outcome.Value!));
    }

    private static async Task<Results<Ok<SessionDetails>, ProblemHttpResult>> Get(string id, Caller caller, IGrainFactory grains)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var outcome = await grains.Session(session).View(caller.Id);
        return outcome.Refusal is { } refusal ? Problems.Http(refusal) : TypedResults.Ok(SessionMapping.ToDetails(outcome.Value!));
    }

    private static async Task<Results<Accepted<EnterCommandResponse>, ProblemHttpResult>> EnterCommand(string id, EnterCommandRequest request, Caller caller, IGrainFactory grains)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var outcome = await grains.Session(session).EnterCommand(caller.Id, request.Text ?? "");
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

    private static async Task<Results<Ok<TranscriptPage>, ProblemHttpResult>> ReadTranscript(
        string id, Caller caller, IGrainFactory grains, TranscriptLog log, ClusterWatch cluster, CancellationToken cancellationToken, long after = 0, double wait = 0, long? before = null)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        if (after < 0 || !double.IsFinite(wait) || wait < 0)
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "'after' must be a sequence from 0, 'wait' a number of seconds from 0."));
        if (before is { } end)
            return await ReadTranscriptBefore(session, end, caller, grains, log, cancellationToken);
        var left = TimeSpan.FromSeconds(Math.Min(wait, LongestWait.TotalSeconds));
        while (true)
        {
            var view = await grains.Session(session).View(caller.Id);
            if (view.Refusal is { } refusal)
                return Problems.Http(refusal);
            var entries = await log.Read(session, after, Limits.PageBytes, cancellationToken);
            if (!cluster.IsInTouch)
                return Problems.Http(Refusals.Unavailable);
            if (entries.Length > 0 || left <= TimeSpan.Zero)
                return TypedResults.Ok(new TranscriptPage(0, after, entries, Math.Max(view.Value!.DurableThrough, after + entries.Length)));
            var step = left < TimeSpan.FromSeconds(3) ? left : TimeSpan.FromSeconds(3);
            await grains.Session(session).Read(new ReadCursor(view.Value!.DurableThrough, 0, view.Value.DurableThrough, Limits.PageBytes, step));
            left -= step;
        }
    }

    private static async Task<Results<Ok<TranscriptPage>, ProblemHttpResult>> ReadTranscriptBefore(
        SessionId session, long before, Caller caller, IGrainFactory grains, TranscriptLog log, CancellationToken cancellationToken)
    {
        if (before < 1)
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "'before' must be a sequence from 1."));
        var view = await grains.Session(session).View(caller.Id);
        if (view.Refusal is { } refusal)
            return Problems.Http(refusal);
        var entries = await log.ReadBackwards(session, before, Limits.PageBytes, cancellationToken);
        return TypedResults.Ok(new TranscriptPage(0, entries.Length == 0 ? 0 : entries[0].Sequence - 1, entries, view.Value!.DurableThrough));
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> Do(string id, IGrainFactory grains, Func<ISessionGrain, Task<Outcome<Done>>> action)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var outcome = await action(grains.Session(session));
        return outcome.Refusal is { } refusal ? Problems.Http(refusal) : TypedResults.NoContent();
    }
}
