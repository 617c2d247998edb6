using Microsoft.AspNetCore.Http.HttpResults;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Sessions;

/// <summary>REST for notes and suggested commands (rule E9).</summary>
internal static class NoteApi
{
    public static void MapNotes(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.Notes, (string id, NoteRequest request, Caller caller, IGrainFactory grains) =>
            SessionApi.Do(id, grains, session => session.AddNote(caller.Id, request.Text ?? "")));
        routes.MapPost(Routes.Suggestions, Suggest);
        routes.MapPost(Routes.Suggestion, Run);
        routes.MapDelete(Routes.Suggestion, (string id, string suggestion, Caller caller, IGrainFactory grains) =>
            SessionApi.Do(id, grains, session => session.DismissSuggestion(caller.Id, suggestion)));
    }

    private static async Task<Results<Created<SuggestedCommand>, ProblemHttpResult>> Suggest(string id, EnterCommandRequest request, Caller caller, IGrainFactory grains)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var outcome = await grains.Session(session).SuggestCommand(caller.Id, request.Text ?? "");
        return outcome.Refusal is { } refusal
            ? Problems.Http(refusal)
            : TypedResults.Created((string?)null, new SuggestedCommand(outcome.Value!, request.Text!, SessionMapping.ToUser(caller.Account.Person)));
    }

    private static async Task<Results<Accepted<EnterCommandResponse>, ProblemHttpResult>> Run(
        string id, string suggestion, RunSuggestionRequest request, Caller caller, IGrainFactory grains)
    {
        if (!SessionId.TryParse(id, out var session))
            return Problems.Http(Refusals.SessionNotFound);
        var outcome = await grains.Session(session).RunSuggestion(caller.Id, suggestion, request.Text);
        return outcome.Refusal is { } refusal
            ? Problems.Http(refusal)
            : TypedResults.Accepted((string?)null, new EnterCommandResponse(outcome.Value!.CommandId, outcome.Value.Sequence));
    }
}
