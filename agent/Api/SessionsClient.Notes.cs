using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>Notes and suggested commands (rule E9).</summary>
public sealed partial class SessionsClient
{
    public Task AddNoteAsync(string sessionId, string text, CancellationToken cancellationToken) =>
        PostOnce(Routes.For(Routes.Notes, sessionId), new NoteRequest(text), cancellationToken);

    public Task<SuggestedCommand> SuggestAsync(string sessionId, string text, CancellationToken cancellationToken) =>
        PostOnce<EnterCommandRequest, SuggestedCommand>(Routes.For(Routes.Suggestions, sessionId), new EnterCommandRequest(text), cancellationToken);

    /// <param name="text">As the caller edited it; null: as it was suggested.</param>
    public Task<EnterCommandResponse> RunSuggestionAsync(string sessionId, string suggestionId, string? text, CancellationToken cancellationToken) =>
        PostOnce<RunSuggestionRequest, EnterCommandResponse>(PathOf(sessionId, suggestionId), new RunSuggestionRequest(text), cancellationToken);

    public Task DismissSuggestionAsync(string sessionId, string suggestionId, CancellationToken cancellationToken) => Delete(PathOf(sessionId, suggestionId), cancellationToken);

    private static string PathOf(string sessionId, string suggestionId) =>
        Routes.For(Routes.Suggestion, sessionId).Replace("{suggestion}", Uri.EscapeDataString(suggestionId), StringComparison.Ordinal);
}
