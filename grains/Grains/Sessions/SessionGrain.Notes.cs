using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>Notes and suggested commands (rule E9).</summary>
internal sealed partial class SessionGrain
{
    private readonly WritingPace pace = new(time);

    public async Task<Outcome<Done>> AddNote(CallerId caller, string text, string? key)
    {
        var name = RequestName.Of(caller, key, nameof(AddNote), text);
        return Repeated(caller, name) is { } repeated
            ? AsDone(repeated)
            : AsDone(await CommitPaced(caller, SessionRules.AddNote(session, caller, text, Now).Under(name)));
    }

    public async Task<Outcome<string>> SuggestCommand(CallerId caller, string text, string? key)
    {
        var name = RequestName.Of(caller, key, nameof(SuggestCommand), text);
        if (Repeated(caller, name) is { } repeated)
            return repeated.Refusal is { } known ? known : repeated.Value!.Id!;
        var id = Guid.NewGuid().ToString("N");
        var outcome = await CommitPaced(caller, SessionRules.SuggestCommand(session, caller, id, text, Now).Under(name));
        return outcome.Refusal is { } refusal ? refusal : id;
    }

    public async Task<Outcome<CommandEntered>> RunSuggestion(CallerId caller, string suggestionId, string? text, string? key)
    {
        if (writer is null || !SessionRules.MayRead(session, caller, Now))
            return Refusals.SessionNotFound;
        var name = RequestName.Of(caller, key, nameof(RunSuggestion), $"{suggestionId}\n{(text is null ? null : SecretText.MaskCommand(session.DebuggerKind, text))}");
        var suggestion = SessionRules.FindSuggestion(session, suggestionId);
        // Once it was run it is not open any more: a repeat is known by its name alone.
        return suggestion is null && Repeated(caller, name) is null
            ? SessionRules.NoSuggestion
            : await Enter(caller, [text ?? suggestion?.Text ?? ""], suggestion, name);
    }

    public async Task<Outcome<Done>> DismissSuggestion(CallerId caller, string suggestionId) =>
        AsDone(await Commit(SessionRules.DismissSuggestion(session, caller, suggestionId, Now)));

    /// <summary>At most so many within a minute; what is refused for another reason does not count.</summary>
    private Task<Outcome<long>> CommitPaced(CallerId caller, Decision decision) => decision is Decision.Record && pace.TryCount(caller.User) is { } refusal
        ? Task.FromResult<Outcome<long>>(refusal)
        : Commit(decision);
}
