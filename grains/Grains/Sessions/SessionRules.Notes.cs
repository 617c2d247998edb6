using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>Notes and suggested commands (rule E9).</summary>
internal static partial class SessionRules
{
    public static Decision AddNote(Session session, CallerId caller, string text, DateTimeOffset now)
    {
        if (CheckWriter(session, caller, now) is { } refusal)
            return refusal;
        if (string.IsNullOrWhiteSpace(text))
            return Invalid("The note is empty.");
        if (text.Length > Limits.NoteLength)
            return Invalid($"The note has {text.Length} characters; {Limits.NoteLength} is the most.");
        if (VisibleText.HasHidden(text, isOneLine: false))
            return Invalid("The note has control or invisible characters. Use visible characters, tabs and line breaks only.");
        return new Decision.Record([new(SessionLogEntryKind.NoteAdded, new SessionLogEntryBody { Author = PersonOf(session, caller), Text = text })]);
    }

    /// <summary>What is suggested is seen by everybody: a password in it would be, too, so it is masked, and can't be run as it is.</summary>
    public static Decision SuggestCommand(Session session, CallerId caller, string suggestionId, string text, DateTimeOffset now)
    {
        if (CheckWriter(session, caller, now) is { } refusal)
            return refusal;
        if (CheckCommand(text) is { } malformed)
            return malformed;
        if (SecretText.MaskCommand(session.DebuggerKind, text) != text)
            return Invalid("A suggested command is shown to everybody as it is: leave the password out of it.");
        if (session.Suggestions.Length >= Limits.OpenSuggestions)
            return new Refusal(ProblemCodes.LimitReached, $"{Limits.OpenSuggestions} suggestions are open already. The host has to run or dismiss some first.");
        return new Decision.Record([new(SessionLogEntryKind.CommandSuggested, new SessionLogEntryBody
        {
            Author = PersonOf(session, caller),
            SuggestionId = suggestionId,
            Text = text.Replace('\t', ' '),
        })]);
    }

    /// <summary>The command's own entry says who suggested it.</summary>
    /// <param name="entered">What entering the text as the caller's own command was decided to be.</param>
    public static Decision RunSuggestion(SessionSuggestion suggestion, Decision entered) => entered is Decision.Record { Entries: [var entry] }
        ? new Decision.Record([entry with { Body = entry.Body with { SuggestionId = suggestion.Id, Person = suggestion.Author } }])
        : entered;

    /// <summary>Dismissed by the host, or taken back by who made it.</summary>
    public static Decision DismissSuggestion(Session session, CallerId caller, string suggestionId, DateTimeOffset now)
    {
        if (CheckWriter(session, caller, now) is { } refusal)
            return refusal;
        if (FindSuggestion(session, suggestionId) is not { } suggestion)
            return NoSuggestion;
        if (!session.IsHost(caller.ToString()) && suggestion.Author.Id != caller.ToString())
            return new Refusal(ProblemCodes.HostOnly, $"Only the host, {session.Host!.Name} ({session.Host.Company}), and {suggestion.Author.Name}, who made it, may dismiss this suggestion.");
        return new Decision.Record([Dismiss(suggestion, PersonOf(session, caller))]);
    }

    /// <summary>Whoever is not in the session any more suggests nothing: what they suggested can't be run by mistake.</summary>
    /// <param name="by">Whose doing that is; null: nobody's of this session.</param>
    private static IEnumerable<NewEntry> DismissAllOf(Session session, StoredPerson author, StoredPerson? by) =>
        session.Suggestions.Where(suggestion => suggestion.Author.Id == author.Id).Select(suggestion => Dismiss(suggestion, by));

    private static NewEntry Dismiss(SessionSuggestion suggestion, StoredPerson? by) => new(SessionLogEntryKind.SuggestionDismissed, new SessionLogEntryBody
    {
        Author = by,
        Person = suggestion.Author,
        SuggestionId = suggestion.Id,
        Text = suggestion.Text,
    });

    public static SessionSuggestion? FindSuggestion(Session session, string suggestionId) => session.Suggestions.FirstOrDefault(suggestion => suggestion.Id == suggestionId);

    public static Refusal NoSuggestion => new(ProblemCodes.WrongState, "This suggestion is not open any more: it was run, dismissed, or never made.");

    private static Refusal? CheckWriter(Session session, CallerId caller, DateTimeOffset now) => !MayRead(session, caller, now) ? Refusals.SessionNotFound
        : session.State is SessionState.Terminated ? Terminated(session)
        : null;
}
