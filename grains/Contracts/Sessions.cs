namespace OrleansKd.Contracts;

/// <summary>State of a session (rule F1); JSON: <c>active</c>, <c>closed</c>, <c>terminated</c>.</summary>
public enum SessionState
{
    Active,
    Closed,
    Terminated,
}

/// <summary>State of a session's debugger (rule F1).</summary>
public enum DebuggerState
{
    /// <summary>Started, no prompt yet.</summary>
    Starting,

    /// <summary>At its prompt.</summary>
    Ready,

    /// <summary>Runs a command.</summary>
    Busy,

    /// <summary>The target runs; only Break helps.</summary>
    Running,

    /// <summary>The agent is unreachable.</summary>
    Offline,

    /// <summary>The debugger is gone.</summary>
    Exited,
}

/// <summary>What becomes, or became, of the target when the debugger leaves it (rules F2, F4).</summary>
public enum TargetFate
{
    /// <summary>Let it run on: KD clears breakpoints, <c>g</c>, leaves; gdb detaches.</summary>
    LetRun,

    /// <summary>Leave it stopped where it is.</summary>
    LeaveStopped,
}

/// <summary>One line of a list of sessions.</summary>
/// <param name="Id">Text form of a <see cref="SessionId"/>.</param>
/// <param name="Debugger">The debugger's state.</param>
/// <param name="Host">Who hosts it.</param>
/// <param name="IsHost">The caller hosts it; else the caller is invited to it.</param>
/// <param name="Clients">Number of invited clients.</param>
/// <param name="LastActivityAt">Instant of the newest entry that the summary knows.</param>
/// <param name="VisibleUntil">For a client of a terminated session: when it leaves the list (rule F8).</param>
/// <param name="Spool">How full the agent's spool is; <see cref="SpoolState.Holding"/>: the target is held.</param>
/// <param name="TargetIsStopped">The target is stopped, also after its debugger left it so (rule F9). Null: not known.</param>
/// <param name="Computer">Name of the host's computer where its debugger runs, or ran.</param>
/// <param name="Invitation">The caller's invitation; null for a host who has not invited themselves.</param>
public sealed record SessionSummary(
    string Id,
    string Name,
    string Description,
    SessionState State,
    DebuggerState Debugger,
    UserSummary Host,
    bool IsHost,
    int Clients,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastActivityAt,
    DateTimeOffset? TerminatedAt,
    DateTimeOffset? VisibleUntil,
    SpoolState Spool = SpoolState.Normal,
    bool? TargetIsStopped = null,
    string? Computer = null,
    InvitationState? Invitation = null);

/// <summary>A session in full, for those who may see it.</summary>
/// <param name="Arguments">With secrets masked (rule B8).</param>
/// <param name="Prompt">The debugger's prompt when it is ready.</param>
/// <param name="ThroughServer">The debugger is a client of a KD server (rule B4); else it is direct.</param>
/// <param name="Queue">Commands that wait or run, oldest first.</param>
/// <param name="DurableThrough">Sequence of the newest entry of the durable transcript.</param>
/// <param name="Present">Who watches it now, or did within the last 15 seconds.</param>
/// <param name="WhenSpoolFull">What happens to output beyond the agent's spool.</param>
/// <param name="ClientsMayReopen">Invited clients may open it again when it is closed (rule F3).</param>
/// <param name="DebuggerKind">Name of the debugger's profile, as <c>CommandGrammar</c> and <see cref="ControlKeys"/> know it.</param>
/// <param name="Operators">Clients who may enter commands (rule E7).</param>
/// <param name="Right">What the caller may do with the debugger: the host everything, a client without a right nothing.</param>
public sealed record SessionDetails(
    SessionSummary Summary,
    string Computer,
    string DebuggerLocation,
    string Arguments,
    string Prompt,
    bool ThroughServer,
    UserSummary[] Clients,
    QueuedCommand[] Queue,
    long DurableThrough,
    UserSummary[] Present,
    SpoolFullAction WhenSpoolFull = SpoolFullAction.Hold,
    bool ClientsMayReopen = true,
    string DebuggerKind = "",
    OperatorSummary[]? Operators = null,
    OperatorRight? Right = null)
{
    /// <summary>Commands that were suggested and neither run nor dismissed, oldest first.</summary>
    public SuggestedCommand[] Suggestions { get; init; } = [];
}

/// <summary>A command that waits for the debugger, or (when <c>IsRunning</c>) that it runs.</summary>
public sealed record QueuedCommand(string Id, string Text, UserSummary Author, bool IsRunning);

/// <summary>Asks for a new session (rule B1).</summary>
/// <param name="Computer">Name of one of the caller's computers.</param>
/// <param name="Debugger">Full path of the debugger on that computer.</param>
/// <param name="Arguments">As typed; the agent splits them as its platform would, never through a shell (rule B3).</param>
/// <param name="Name">1 to 100 characters, no control, format or bidirectional-override characters.</param>
/// <param name="Description">Up to 4,000 characters; line breaks are allowed.</param>
/// <param name="WhenSpoolFull">What happens to output beyond the agent's spool; by default the debugger is held.</param>
/// <param name="ClientsMayReopen">Invited clients may open the session again when it is closed (rule F3); by default they may.</param>
/// <param name="SecureMode">Start the debugger in its secure mode: kd, cdb and ntsd have one, for direct sessions (rule B7).</param>
public sealed record HostSessionRequest(
    string Computer, string Debugger, string Arguments, string Name, string Description, SpoolFullAction? WhenSpoolFull = null, bool? ClientsMayReopen = null,
    bool? SecureMode = null);

/// <summary>Changes what is not null.</summary>
/// <param name="ClientsMayReopen">Invited clients may open the session again when it is closed (rule F3).</param>
public sealed record ChangeSessionRequest(bool? ClientsMayReopen = null);

/// <summary>Invites all of these addresses or none (rule C2).</summary>
public sealed record InviteRequest(string[] Emails);

/// <summary>Enters a command: one line, 1 to 4,096 characters (rule E6).</summary>
/// <param name="More">
/// Lines that follow it as commands of their own, nobody else's between them: all of them are entered, or none. At most
/// <see cref="Limits.CommandsAtOnce"/> in all.
/// </param>
public sealed record EnterCommandRequest(string Text, string[]? More = null);

/// <summary>The command was recorded.</summary>
/// <param name="CommandId">Names the command in its later entries; of several, the last one.</param>
/// <param name="Sequence">Sequence of its <see cref="TranscriptEntryKind.CommandEntered"/> entry.</param>
public sealed record EnterCommandResponse(string CommandId, long Sequence);

/// <summary>A note for everybody in the session (rule E9): 1 to 4,000 visible characters; line breaks are allowed.</summary>
public sealed record NoteRequest(string Text);

/// <summary>A command that somebody suggests to the host, and that was neither run nor dismissed.</summary>
public sealed record SuggestedCommand(string Id, string Text, UserSummary Author);

/// <summary>Runs a suggested command in the caller's own name.</summary>
/// <param name="Text">As the caller edited it; null: as it was suggested.</param>
public sealed record RunSuggestionRequest(string? Text = null);

/// <summary>Interrupts the debugger (rule E4).</summary>
/// <param name="Id">Chosen by the caller; the same id is acted on once.</param>
/// <param name="Run">The run that it is meant for; refused when that is not the current one. Null: the current one.</param>
public sealed record BreakRequest(string Id, int? Run = null);

/// <summary>Presses a control key in the debugger (rules E4, E5).</summary>
/// <param name="Id">Chosen by the caller; the same id is acted on once.</param>
/// <param name="Key">A letter, as <see cref="ControlKeys.TryParse"/> reads it: <c>b</c> is Ctrl+B.</param>
/// <param name="Run">The run that it is meant for; refused when that is not the current one. Null: the current one.</param>
public sealed record PressKeyRequest(string Id, string Key, int? Run = null);

/// <summary>Closes a session (rule F2).</summary>
/// <param name="Target">
/// Through a server: what becomes of the target when the debugger leaves; null: it stays as it is. Direct: <see cref="TargetFate.LetRun"/>
/// lets a stopped target run before; the debugger stays in any case.
/// </param>
public sealed record CloseSessionRequest(TargetFate? Target = null);

/// <summary>Opens a closed session again (rule F3). What is null is as recorded; only the host may give anything.</summary>
/// <param name="Computer">Another computer of the host's.</param>
/// <param name="Debugger">Full path of the debugger there.</param>
/// <param name="Arguments">As typed. Needed when the recorded ones have a secret and the computer is another one (rule B8).</param>
public sealed record ReopenSessionRequest(string? Computer = null, string? Debugger = null, string? Arguments = null);

/// <summary>Terminates for good (rule F4).</summary>
/// <param name="Target">What becomes of the target: required for a direct session; null through a server: it stays as it is.</param>
public sealed record TerminateSessionRequest(TargetFate? Target);
