using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.OpenApi;

namespace OrleansKd.Silo.Sessions;

/// <summary>REST for notes and suggested commands (rule E9).</summary>
internal static class NoteApi
{
    public static void MapNotes(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.Notes, (string id, NoteRequest request, Caller caller, IGrainFactory grains, [FromHeader(Name = RequestHeaders.IdempotencyKey)] string? key = null) =>
            SessionApi.Do(id, grains, session => session.AddNote(caller.Id, request.Text ?? "", key)))
            .ForTokens(TokenRight.Host).Describe("addNote", "Add a note for everybody in the session", ProblemCodes.SessionNotFound, ProblemCodes.SessionTerminated, ProblemCodes.LimitReached);
        routes.MapPost(Routes.Suggestions, Suggest)
            .ForTokens(TokenRight.Host).Describe("suggestCommand", "Suggest a command to the host", ProblemCodes.SessionNotFound, ProblemCodes.SessionTerminated, ProblemCodes.LimitReached);
        routes.MapPost(Routes.Suggestion, Run).RequireRateLimiting(CallLimits.Commanding)
            .ForTokens(TokenRight.Host).Describe("runSuggestion", "Enter a suggested command in your own name", [.. ApiOperations.UsesDebugger, ProblemCodes.WrongState]);
        routes.MapDelete(Routes.Suggestion, (string id, string suggestion, Caller caller, IGrainFactory grains) =>
            SessionApi.Do(id, grains, session => session.DismissSuggestion(caller.Id, suggestion)))
            .ForTokens(TokenRight.Host).Describe("dismissSuggestion", "Dismiss a suggested command, or take it back", ProblemCodes.SessionNotFound, ProblemCodes.HostOnly, ProblemCodes.SessionTerminated, ProblemCodes.WrongState);
    }

    private static async Task<Results<Created<SuggestedCommand>, ProblemHttpResult>> Suggest(
        string id, EnterCommandRequest request, Caller caller, IGrainFactory grains, [FromHeader(Name = RequestHeaders.IdempotencyKey)] string? key = null)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        if (request.More is { Length: > 0 })
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "One command is suggested at a time, so that the host can run or dismiss each. Leave out 'more'."));
        var outcome = await grains.Session(session).SuggestCommand(caller.Id, request.Text ?? "", key);
        return outcome.Refusal is { } refusal
            ? Problems.Http(refusal)
            : TypedResults.Created((string?)null, new SuggestedCommand(outcome.Value!, request.Text!, SessionMapping.ToUser(caller.Account.Person)));
    }

    private static async Task<Results<Accepted<EnterCommandResponse>, ProblemHttpResult>> Run(
        string id, string suggestion, RunSuggestionRequest request, Caller caller, IGrainFactory grains, [FromHeader(Name = RequestHeaders.IdempotencyKey)] string? key = null)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var outcome = await grains.Session(session).RunSuggestion(caller.Id, suggestion, request.Text, key);
        return outcome.Refusal is { } refusal
            ? Problems.Http(refusal)
            : TypedResults.Accepted((string?)null, new EnterCommandResponse(outcome.Value!.CommandId, outcome.Value.Sequence));
    }
}
