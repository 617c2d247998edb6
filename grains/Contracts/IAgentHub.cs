namespace OrleansKd.Contracts;

/// <summary>
/// <see cref="Routes.AgentHub"/>: what agents call, with their user's bearer token. WebSockets only. Refusals are
/// <c>HubException</c>s whose message <see cref="ProblemText"/> reads.
/// </summary>
public interface IAgentHub
{
    /// <summary>
    /// Makes this connection the one for the user's computer of that name, and streams what is asked of it until the
    /// connection ends. A later registration of the same computer ends an earlier one's stream with <see cref="ProblemCodes.OutOfStep"/>.
    /// </summary>
    IAsyncEnumerable<AgentRequest> Register(AgentRegistration registration, CancellationToken cancellationToken);

    /// <summary>Answers one request; an answer that nobody waits for any more is ignored.</summary>
    Task Answer(AgentAnswer answer);

    /// <summary>
    /// Joins one run of a debugger to its session: chunks go up, acknowledgements and instructions come down. The first
    /// item down has <see cref="AgentDown.Accepted"/>: chunks go on with the number after it. When the server is out of step
    /// the stream ends (normally, or with <see cref="ProblemCodes.OutOfStep"/>) and the agent attaches again.
    /// <see cref="ProblemCodes.SessionNotFound"/>: there is no such session, or it does not know the run (yet);
    /// <see cref="ProblemCodes.SessionTerminated"/>: the run's end is recorded and nothing more is wanted;
    /// <see cref="ProblemCodes.RunGivenUp"/>: nothing more is wanted although chunks may be missing.
    /// </summary>
    IAsyncEnumerable<AgentDown> Attach(AttachRequest request, IAsyncEnumerable<AgentChunk> chunks, CancellationToken cancellationToken);

    /// <summary>
    /// Tells how full a run's spool is, from the connection that is attached to it: after each attach and when it changes. It is a call of
    /// its own because chunks come behind the backlog of which it tells. <see cref="ProblemCodes.OutOfStep"/>: attach first.
    /// </summary>
    Task ReportSpool(SpoolReport report);

    /// <summary>
    /// Which of these sessions of the caller's are terminated for good, so that the agent can forget what it keeps for opening them again.
    /// At most <see cref="Limits.KeptSessions"/> at once.
    /// </summary>
    Task<string[]> FindTerminated(string[] sessionIds);
}

/// <param name="Computer">This computer's name, unique among the user's computers.</param>
/// <param name="AgentInstance">New for each start of the agent.</param>
/// <param name="Debuggers">Full paths of the debuggers that it found and allows.</param>
public sealed record AgentRegistration(string Computer, string AgentInstance, string[] Debuggers);

/// <summary>Asks the agent to start a debugger. Stale once <c>ValidFor</c> has passed since it arrived.</summary>
/// <param name="Run">Number of the run in the session; higher than 1 when the session is opened again.</param>
/// <param name="Arguments">
/// As the host typed them, secrets included; never stored by the server. When the session is opened again with what is recorded: masked,
/// and the agent puts in the secrets that it kept.
/// </param>
/// <param name="WhenSpoolFull">What happens to output beyond the spool's limit.</param>
/// <param name="SecureMode">Start the debugger in its secure mode; refuse when it has none (rule B7).</param>
/// <param name="OnlyThroughServer">Refuse, and start nothing, when the arguments make a direct session (rule B4).</param>
public sealed record AgentRequest(
    string RequestId, string SessionId, int Run, string Debugger, string Arguments, TimeSpan ValidFor, SpoolFullAction WhenSpoolFull = SpoolFullAction.Hold, bool OnlyThroughServer = false,
    bool SecureMode = false);

/// <param name="Bytes">Of the run on the agent's disk.</param>
/// <param name="LimitBytes">The agent's limit for one run.</param>
public sealed record SpoolReport(string SessionId, int Run, SpoolState State, long Bytes, long LimitBytes);

/// <summary>Outcome of an <see cref="AgentRequest"/>.</summary>
/// <param name="Started">The debugger is at its first prompt or waiting banner.</param>
/// <param name="Problem">Otherwise: what happened, to what, and what to do; with what the debugger printed.</param>
/// <param name="ThroughServer">How the agent reads the arguments (rule B4).</param>
/// <param name="DebuggerKind">Name of the debugger's profile: <c>gdb</c>, <c>kd</c>, …</param>
/// <param name="MaskedArguments">The arguments with secrets replaced (rule B8).</param>
public sealed record AgentAnswer(string RequestId, bool Started, string? Problem, bool ThroughServer, string? DebuggerKind, string? MaskedArguments);

/// <param name="Run">Number of the debugger's run in the session, from 1.</param>
/// <param name="LastInstruction">Sequence of the last instruction that the agent acted on; those after it follow.</param>
public sealed record AttachRequest(string SessionId, int Run, string Computer, string AgentInstance, long LastInstruction);

/// <summary>Kinds of chunks. Reports travel in the same numbered stream as output, so their order is the debugger's.</summary>
public enum AgentChunkKind
{
    /// <summary><c>Data</c>: what the debugger printed.</summary>
    Output,

    /// <summary>The debugger's state became <c>State</c>; <c>Text</c>: its prompt when ready.</summary>
    StateChanged,

    /// <summary><c>CommandId</c> was handed to the debugger.</summary>
    CommandStarted,

    /// <summary>The prompt is back after <c>CommandId</c>.</summary>
    CommandCompleted,

    /// <summary><c>CommandId</c> will never run; reason in <c>Text</c>.</summary>
    CommandCancelled,

    /// <summary>
    /// The debugger is gone: <c>End</c>, <c>ExitCode</c> or <c>Signal</c>, reason in <c>Text</c>; <c>Target</c>: what became of the target, when
    /// that is known. The last chunk of a run.
    /// </summary>
    RunExited,

    /// <summary><c>Bytes</c> of output were left out; reason in <c>Text</c>.</summary>
    Gap,

    /// <summary>A Break (no <c>Key</c>) or control key was not acted on; reason in <c>Text</c>.</summary>
    KeyRefused,

    /// <summary>The debugger reported that it let its target go, though it is still there; how in <c>Text</c>.</summary>
    TargetLetGo,
}

/// <summary>One numbered item of a run: 1, 2, 3, … without holes. <c>Data</c> holds at most <see cref="Limits.ChunkBytes"/>.</summary>
public sealed record AgentChunk
{
    public required long Number { get; init; }

    public required AgentChunkKind Kind { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    public string? Text { get; init; }

    public string? CommandId { get; init; }

    /// <summary>Letter of a control key.</summary>
    public string? Key { get; init; }

    public DebuggerState? State { get; init; }

    public int? ExitCode { get; init; }

    public string? Signal { get; init; }

    public long? Bytes { get; init; }

    public RunEnd? End { get; init; }

    /// <summary>What became of the target.</summary>
    public TargetFate? Target { get; init; }
}

/// <summary>What comes down to the agent. The two acknowledgements are never mixed.</summary>
public sealed record AgentDown
{
    /// <summary>Highest chunk that is in the grain's memory: returns stream credit.</summary>
    public long? Accepted { get; init; }

    /// <summary>Highest chunk that is durable: the spool may drop it.</summary>
    public long? Durable { get; init; }

    /// <summary>From the durable transcript, in order.</summary>
    public AgentInstruction[]? Instructions { get; init; }

    /// <summary>From the lane of their own; act at once.</summary>
    public ControlSignal[]? Signals { get; init; }

    /// <summary>The session is terminated: what the agent keeps for opening it again can go.</summary>
    public bool IsTerminated { get; init; }
}

public enum AgentInstructionKind
{
    /// <summary>Run <c>Text</c> when the debugger's prompt is back.</summary>
    RunCommand,

    /// <summary>Cancel <c>CommandId</c> if it has not started; reason in <c>Text</c>.</summary>
    CancelCommand,

    /// <summary>Leave the debugger, because of <c>Text</c>; <c>Target</c> says what becomes of the target, null: it stays as it is.</summary>
    EndDebugger,

    /// <summary>Cancel everything that came before and has not started; reason in <c>Text</c>.</summary>
    CancelWaiting,
}

/// <param name="Sequence">Of the entry it comes from; goes back in <see cref="AttachRequest.LastInstruction"/>.</param>
/// <param name="IsInspect">
/// Of an operator who may only inspect: run at the debugger's own prompt alone, never as a further line of somebody's command, and guarded
/// (<see cref="Debuggers.CommandGrammar.Guarded"/>).
/// </param>
public sealed record AgentInstruction(long Sequence, AgentInstructionKind Kind, string? CommandId, string? Text, TargetFate? Target, bool IsInspect = false);

/// <summary>A Break or control key on its way to the debugger. Acted on once for each id; refused when older than <c>ValidFor</c> on arrival.</summary>
/// <param name="Key">Letter of the control key; null for a Break.</param>
/// <param name="Cancels">
/// Commands that waited when a Break was given, also those that have not reached the agent: cancelled unless they have started.
/// </param>
public sealed record ControlSignal(string Id, int Run, TimeSpan ValidFor, string? Key = null, string[]? Cancels = null);
