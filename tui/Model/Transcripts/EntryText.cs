using System.Globalization;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>The sentences for typed entries: one line each, with everything from elsewhere made visible.</summary>
internal static class EntryText
{
    /// <summary>Null: the entry has no line of its own (commands that wait, state changes, output).</summary>
    public static string? LineFor(TranscriptEntry entry, EnteredCommand? command) => entry.Kind switch
    {
        TranscriptEntryKind.Output or TranscriptEntryKind.DebuggerStateChanged or TranscriptEntryKind.CommandEntered
            or TranscriptEntryKind.CommandStarted or TranscriptEntryKind.CommandCompleted => null,
        TranscriptEntryKind.SessionCreated => $"Session “{Safe(entry.Text)}” hosted by {Person(entry.Author)}",
        TranscriptEntryKind.RunStarted => $"Debugger started{(entry.Computer is null ? "" : $" on {Safe(entry.Computer)}")}: {Safe(entry.Text)}",
        TranscriptEntryKind.RunExited => WithFate($"Debugger exited{Ending(entry)}{Reason(entry)}", entry),
        TranscriptEntryKind.CommandCancelled => $"Cancelled: {Safe(command?.Text ?? entry.Text ?? "a command")}{(command is null ? "" : $" (by {Person(command.Author)}){Reason(entry)}")}",
        TranscriptEntryKind.BreakSent => $"Break by {Person(entry.Author)}",
        TranscriptEntryKind.OperatorGranted => $"{Person(entry.Author)} gave {Person(entry.Person)} {(entry.Right is OperatorRight.Full ? "full control of the debugger" : "the right to inspect")}",
        TranscriptEntryKind.OperatorRevoked => $"{Person(entry.Author)} took the right to enter commands from {Person(entry.Person)}",
        TranscriptEntryKind.CommandRemovalAsked => null,
        TranscriptEntryKind.ClientInvited => $"{Person(entry.Author)} invited {Person(entry.Person)}",
        TranscriptEntryKind.ClientRevoked => $"{Person(entry.Author)} revoked the invitation of {Person(entry.Person)}",
        TranscriptEntryKind.InvitationDeclined => $"{Person(entry.Person)} declined the invitation",
        TranscriptEntryKind.ClientLeft => $"{Person(entry.Person)} left the session and gave up the invitation",
        TranscriptEntryKind.InvitationAccepted => null,
        TranscriptEntryKind.SessionClosed => $"Session closed{By(entry)}{Reason(entry)}{(entry.Target is TargetFate.LetRun ? "; the target is let run" : "")}",
        TranscriptEntryKind.SessionReopened => $"Session re-opened{By(entry)}{Reason(entry)}",
        TranscriptEntryKind.SessionTerminated => WithFate($"Session terminated{By(entry)}{Reason(entry)}", entry),
        TranscriptEntryKind.Gap => $"{(entry.Bytes ?? 0).ToString("N0", CultureInfo.InvariantCulture)} bytes of output are not in the transcript{Reason(entry)}",
        TranscriptEntryKind.TranscriptNearlyFull => Safe(entry.Text),
        TranscriptEntryKind.SpoolStateChanged => Safe(entry.Text),
        TranscriptEntryKind.KeyPressed => $"{KeyName(entry)} by {Person(entry.Author)}",
        TranscriptEntryKind.KeyRefused => $"{KeyName(entry)} was not acted on{Reason(entry)}",
        TranscriptEntryKind.QuitHadNoEffect => $"“{Safe(entry.Text)}” by {Person(entry.Author)} did not end the debugger; the session goes on",
        TranscriptEntryKind.SessionChanged => $"{Person(entry.Author)} {(entry.ClientsMayReopen is false ? "does not let clients re-open the session" : "lets clients re-open the session")}",
        TranscriptEntryKind.PersonJoined => $"{Person(entry.Person)} joined",
        TranscriptEntryKind.NoteAdded => $"{Person(entry.Author)}: {Safe(entry.Text).ReplaceLineEndings(" ↵ ")}",
        TranscriptEntryKind.CommandSuggested => $"{Person(entry.Author)} suggests: {Safe(entry.Text)}",
        TranscriptEntryKind.SuggestionDismissed when entry.Author is null => $"What {Person(entry.Person)} suggested was withdrawn: {Safe(entry.Text)}",
        TranscriptEntryKind.SuggestionDismissed => $"{Person(entry.Author)} dismissed what {Person(entry.Person)} suggested: {Safe(entry.Text)}",
        TranscriptEntryKind.PersonLeft => $"{Person(entry.Person)} left",
        TranscriptEntryKind.TranscriptDamaged => entry.Text is null ? null : Safe(entry.Text),
        TranscriptEntryKind.AccessTakenAway => $"{Person(entry.Person)} may not see this session any more",
        TranscriptEntryKind.AccessGivenBack => $"{Person(entry.Person)} may see this session again",
        TranscriptEntryKind.HostingTakenAway => $"{Person(entry.Person)} may not host sessions any more",
        TranscriptEntryKind.HostingGivenBack => $"{Person(entry.Person)} may host sessions again",
        TranscriptEntryKind.TerminationAnnounced => Safe(entry.Text),
        TranscriptEntryKind.InvitationsExpired => "The session has been terminated for seven days; its clients don’t see it any more",
        TranscriptEntryKind.DeletionAsked => $"The session is being deleted{By(entry)}",
        _ => $"{entry.Kind}{By(entry)}{Reason(entry)}",
    };

    /// <summary>A command as it stands after the prompt.</summary>
    public static string CommandLine(EnteredCommand command) => $"{Safe(command.Text)}    {LineMarker.Text}{CommandAuthor(command)}";

    public static string CommandAuthor(EnteredCommand command) => Person(command.Author) + (command.SuggestedBy is null ? "" : $", suggested by {Person(command.SuggestedBy)}");

    public static string Person(UserSummary? person) => person is null
        ? "somebody"
        : string.IsNullOrEmpty(person.Company) ? Safe(person.Name) : $"{Safe(person.Name)} ({Safe(person.Company)})";

    public static string Safe(string? text) => LineMarker.Escape(text ?? "");

    private static string KeyName(TranscriptEntry entry) => entry.Key is null ? "Break" : $"Ctrl+{Safe(entry.Key).ToUpperInvariant()}";

    private static string By(TranscriptEntry entry) => entry.Author is null ? "" : $" by {Person(entry.Author)}";

    private static string Reason(TranscriptEntry entry) => string.IsNullOrEmpty(entry.Text) ? "" : $": {Safe(entry.Text)}";

    private static string Ending(TranscriptEntry entry) => entry switch
    {
        { Signal: { } signal } => $" by signal {Safe(signal)}",
        { ExitCode: { } code } => string.Create(CultureInfo.InvariantCulture, $" with code {code}"),
        _ => "",
    };

    /// <summary>The reason may end with a period; what became of the target goes on with the sentence.</summary>
    private static string WithFate(string text, TranscriptEntry entry) => entry.Target switch
    {
        TargetFate.LetRun => text.TrimEnd('.') + "; the target runs on",
        TargetFate.LeaveStopped => text.TrimEnd('.') + "; the target is left stopped",
        _ => text,
    };
}

/// <summary>A command that was entered and may start later.</summary>
internal sealed record EnteredCommand(string Text, UserSummary? Author, UserSummary? SuggestedBy = null);
