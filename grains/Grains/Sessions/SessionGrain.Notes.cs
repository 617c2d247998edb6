using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>Notes and suggested commands (rule E9).</summary>
internal sealed partial class SessionGrain
{
    private readonly WritingPace pace = new(time);

    public async Task<Outcome<Done>> AddNote(UserId caller, string text) =>
        AsDone(await CommitPaced(caller, SessionRules.AddNote(session, caller, text, Now)));

    public async Task<Outcome<string>> SuggestCommand(UserId caller, string text)
    {
        var id = Guid.NewGuid().ToString("N");
        var outcome = await CommitPaced(caller, SessionRules.SuggestCommand(session, caller, id, text, Now));
        return outcome.Refusal is { } refusal ? refusal : id;
    }

    public async Task<Outcome<CommandEntered>> RunSuggestion(UserId caller, string suggestionId, string? text)
    {
        if (writer is null || !SessionRules.MayRead(session, caller, Now))
            return Refusals.SessionNotFound;
        return SessionRules.FindSuggestion(session, suggestionId) is { } suggestion
            ? await Enter(caller, text ?? suggestion.Text, suggestion)
            : SessionRules.NoSuggestion;
    }

    public async Task<Outcome<Done>> DismissSuggestion(UserId caller, string suggestionId) =>
        AsDone(await Commit(SessionRules.DismissSuggestion(session, caller, suggestionId, Now)));

    /// <summary>At most so many within a minute; what is refused for another reason does not count.</summary>
    private Task<Outcome<long>> CommitPaced(UserId caller, Decision decision) => decision is Decision.Record && pace.TryCount(caller) is { } refusal
        ? Task.FromResult<Outcome<long>>(refusal)
        : Commit(decision);
}
