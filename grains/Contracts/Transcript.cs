namespace OrleansKd.Contracts;

/// <summary>Kinds of transcript entries. Names travel as text; a reader shows a kind that it does not know as a plain line.</summary>
public enum TranscriptEntryKind
{
    /// <summary>Bytes that the debugger printed, in <see cref="TranscriptEntry.Data"/>.</summary>
    Output,

    /// <summary>Host, name; the first entry of every transcript.</summary>
    SessionCreated,

    /// <summary>A debugger was started: computer, location and arguments (masked) in <c>Text</c>.</summary>
    RunStarted,

    /// <summary>The debugger is gone: exit code or signal, reason in <c>Text</c>; what became of its target, when that is known.</summary>
    RunExited,

    /// <summary>The debugger's state changed; prompt in <c>Text</c> when it is ready.</summary>
    DebuggerStateChanged,

    /// <summary>Somebody entered a command (before it runs).</summary>
    CommandEntered,

    /// <summary>The agent handed the command to the debugger.</summary>
    CommandStarted,

    /// <summary>The debugger's prompt is back.</summary>
    CommandCompleted,

    /// <summary>The command will never run; reason in <c>Text</c>.</summary>
    CommandCancelled,

    /// <summary>Somebody interrupted the debugger.</summary>
    BreakSent,

    /// <summary>The host invited <c>Person</c>.</summary>
    ClientInvited,

    /// <summary>The session was closed by <c>Author</c>, or by the system with a reason in <c>Text</c>.</summary>
    SessionClosed,

    /// <summary>The session was opened again by <c>Author</c>.</summary>
    SessionReopened,

    /// <summary>The session was terminated by <c>Author</c>, or by the system with a reason in <c>Text</c>.</summary>
    SessionTerminated,

    /// <summary>Output that is not in the transcript: <c>Bytes</c> of it, reason in <c>Text</c>.</summary>
    Gap,

    /// <summary>The transcript has come near its limit of <c>Bytes</c>; what that means in <c>Text</c>.</summary>
    TranscriptNearlyFull,

    /// <summary>
    /// Earlier entries, or this one, are damaged in storage; what that means in <c>Text</c>, null when the entry before has said it.
    /// </summary>
    TranscriptDamaged,

    /// <summary>The agent's spool became <c>Spool</c>; what that means in <c>Text</c>.</summary>
    SpoolStateChanged,

    /// <summary>Somebody pressed the control key <c>Key</c>.</summary>
    KeyPressed,

    /// <summary>The agent did not act on a Break (no <c>Key</c>) or control key; reason in <c>Text</c>.</summary>
    KeyRefused,

    /// <summary>The quit word <c>Text</c> by <c>Author</c> did not end the debugger; the session goes on.</summary>
    QuitHadNoEffect,

    /// <summary><c>Author</c> changed what the session allows.</summary>
    SessionChanged,

    /// <summary><c>Person</c> opened a window on the session, or went on from another computer.</summary>
    PersonJoined,

    /// <summary>The last window of <c>Person</c> has been gone for a minute.</summary>
    PersonLeft,

    /// <summary>A note by <c>Author</c> in <c>Text</c>; never sent to the debugger.</summary>
    NoteAdded,

    /// <summary><c>Author</c> suggests the command in <c>Text</c>; it is <c>SuggestionId</c> from now on.</summary>
    CommandSuggested,

    /// <summary><c>Author</c> dismissed <c>SuggestionId</c> of <c>Person</c>; its text in <c>Text</c>.</summary>
    SuggestionDismissed,

    /// <summary>The host gave the client <c>Person</c> the right <c>Right</c>.</summary>
    OperatorGranted,

    /// <summary>The host took the right of <c>Person</c> away.</summary>
    OperatorRevoked,

    /// <summary><c>CommandId</c> is to be cancelled if it has not started; reason in <c>Text</c>. What became of it is recorded by the agent.</summary>
    CommandRemovalAsked,

    /// <summary>An administrator took a permission from <c>Person</c>, who does not see the session any more.</summary>
    AccessTakenAway,

    /// <summary><c>Person</c> may see the session again.</summary>
    AccessGivenBack,

    /// <summary>The host, <c>Person</c>, may not host sessions any more; a session that was active is closed with the next entries.</summary>
    HostingTakenAway,

    /// <summary>The host, <c>Person</c>, may host sessions again.</summary>
    HostingGivenBack,

    /// <summary>The host, <c>Author</c>, took the invitation of <c>Person</c> back.</summary>
    ClientRevoked,

    /// <summary><c>Person</c> declined the invitation.</summary>
    InvitationDeclined,

    /// <summary><c>Person</c>, who had opened the session before, left it for good.</summary>
    ClientLeft,

    /// <summary><c>Person</c> opened the session for the first time.</summary>
    InvitationAccepted,

    /// <summary>A closed session that nobody touches will be terminated; when, and what keeps it, in <c>Text</c>.</summary>
    TerminationAnnounced,

    /// <summary>The session has been terminated for seven days: its clients don't see it any more, and nobody is invited.</summary>
    InvitationsExpired,

    /// <summary>The session is being deleted, by <c>Author</c> or because its time is over. Nobody sees this entry.</summary>
    DeletionAsked,
}

/// <summary>
/// One item of a transcript. Which members are set depends on <see cref="Kind"/>; the others are null.
/// </summary>
public sealed record TranscriptEntry
{
    /// <summary>1, 2, 3, … without holes, for one session.</summary>
    public required long Sequence { get; init; }

    /// <summary>When the server took it, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    public required TranscriptEntryKind Kind { get; init; }

    /// <summary>Output exactly as the debugger printed it, at most <see cref="Limits.ChunkBytes"/>; a code point may be split only by another writer's bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Who did it.</summary>
    public UserSummary? Author { get; init; }

    /// <summary>Whom it concerns.</summary>
    public UserSummary? Person { get; init; }

    /// <summary>A command's line, a prompt, a reason, a name: see <see cref="TranscriptEntryKind"/>.</summary>
    public string? Text { get; init; }

    public string? CommandId { get; init; }

    /// <summary>Of a suggested command; on a <see cref="TranscriptEntryKind.CommandEntered"/>, which then names in <c>Person</c> who suggested it.</summary>
    public string? SuggestionId { get; init; }

    /// <summary>Number of the debugger's run, from 1.</summary>
    public int? Run { get; init; }

    public string? Computer { get; init; }

    public DebuggerState? Debugger { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>Name of the signal that ended the debugger, such as <c>SIGKILL</c>.</summary>
    public string? Signal { get; init; }

    public TargetFate? Target { get; init; }

    public long? Bytes { get; init; }

    public SpoolState? Spool { get; init; }

    /// <summary>Letter of a control key.</summary>
    public string? Key { get; init; }

    /// <summary>Of a <see cref="TranscriptEntryKind.CommandEntered"/> or control key: the word that may end the debugger (rule F5).</summary>
    public string? Quit { get; init; }

    /// <summary>How a run ended.</summary>
    public RunEnd? End { get; init; }

    public bool? ClientsMayReopen { get; init; }

    /// <summary>Of a grant, or of the operator who entered a command.</summary>
    public OperatorRight? Right { get; init; }
}

/// <summary>The last line of a transcript that was followed: why there is no more.</summary>
/// <param name="Ended">
/// <see cref="Complete"/>: the session is terminated, its debugger gone, and this was all. Else a code of <see cref="ProblemCodes"/>.
/// </param>
public sealed record FollowEnd(string Ended, string Detail)
{
    public const string Complete = "complete";
}

/// <summary>
/// Consecutive entries of one transcript. <c>Entries</c> may be empty when only the watermark moved. Applying a page twice
/// is harmless: entries at or below the reader's position are skipped.
/// </summary>
/// <param name="Epoch">
/// Life of the session's grain that served it, growing. A stream carries one epoch only. A reader that meets a higher one
/// drops everything above the last watermark it was told and reads on after it; pages of a lower one are ignored.
/// </param>
/// <param name="After">The entries follow this sequence.</param>
/// <param name="DurableThrough">Everything at or below this sequence is durable. Only output may stand above it.</param>
public sealed record TranscriptPage(long Epoch, long After, TranscriptEntry[] Entries, long DurableThrough);
