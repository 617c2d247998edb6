namespace OrleansKd.Grains.Abstractions.SessionLog;

/// <summary>Kinds of log entries. The numbers are stored: never renumbered, never reused.</summary>
public enum SessionLogEntryKind : byte
{
    Output = 1,
    SessionCreated = 2,
    RunStarted = 3,
    RunExited = 4,
    DebuggerStateChanged = 5,
    CommandEntered = 6,
    CommandStarted = 7,
    CommandCompleted = 8,
    CommandCancelled = 9,
    BreakSent = 10,
    ClientInvited = 11,
    SessionClosed = 12,
    SessionReopened = 13,
    SessionTerminated = 14,
    Gap = 15,
    TranscriptNearlyFull = 16,
    TranscriptDamaged = 17,
    SpoolStateChanged = 18,
    KeyPressed = 19,
    KeyRefused = 20,
    QuitHadNoEffect = 21,
    SessionChanged = 22,
    DeletionAsked = 23,
    TerminationAnnounced = 24,
    InvitationsExpired = 25,
    OperatorGranted = 30,
    OperatorRevoked = 31,
    CommandRemovalAsked = 32,
    AccessTakenAway = 40,
    AccessGivenBack = 41,
    HostingTakenAway = 42,
    HostingGivenBack = 43,
    ClientRevoked = 50,
    InvitationDeclined = 51,
    ClientLeft = 52,
    InvitationAccepted = 53,
    PersonJoined = 60,
    PersonLeft = 61,
    NoteAdded = 62,
    CommandSuggested = 63,
    SuggestionDismissed = 64,
}

/// <summary>
/// One item of a session's log. <c>Body</c> of <see cref="SessionLogEntryKind.Output"/>: the debugger's bytes as they came,
/// at most 16 KB; of every other kind: UTF-8 JSON of <see cref="SessionLogEntryBody"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.SessionLogEntry")]
public sealed class SessionLogEntry(long sequence, long atUnixMilliseconds, SessionLogEntryKind kind, ReadOnlyMemory<byte> body)
{
    /// <summary>Bytes that an entry costs beside its body, for limits.</summary>
    public const int OverheadBytes = 32;

    /// <summary>1, 2, 3, … without holes.</summary>
    [Id(0)]
    public readonly long Sequence = sequence;

    [Id(1)]
    public readonly long AtUnixMilliseconds = atUnixMilliseconds;

    [Id(2)]
    public readonly SessionLogEntryKind Kind = kind;

    // A direct field: Orleans copies memory in fields as a block, elsewhere byte by byte.
    [Id(3)]
    public readonly ReadOnlyMemory<byte> Body = body;

    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(AtUnixMilliseconds);

    public int CostBytes => Body.Length + OverheadBytes;
}
