using OrleansKd.Contracts;

namespace OrleansKd.Agent.Control;

/// <summary>What an agent can be asked over its control channel. Every answer is its <see cref="AgentStatus"/>.</summary>
public enum ControlVerb
{
    /// <summary>Nothing but the answer.</summary>
    Status,

    /// <summary>Somebody is about to host here: do not stop for being idle now. With a <see cref="LocalStart"/>, that is what they ask for.</summary>
    Expect,

    /// <summary>Leave all debuggers properly and end; the channel closes when that is done.</summary>
    Stop,
}

/// <summary>One line of JSON to the agent; one line comes back.</summary>
public sealed record ControlRequest(ControlVerb Verb, LocalStart? Start = null);

/// <summary>An agent, as it sees itself.</summary>
/// <param name="ConnectedAt">Since when the server knows it; null: it does not now, for the reason in <c>Problem</c>.</param>
/// <param name="Debuggers">Full paths of the debuggers that it starts.</param>
/// <param name="LocalStartsOnly">It starts only what its user asks for on this computer.</param>
/// <param name="Log">The file that it writes to now.</param>
/// <param name="Data">The folder of what is not uploaded yet.</param>
public sealed record AgentStatus(
    int ProcessId,
    string Version,
    string Profile,
    Uri Server,
    string Computer,
    DateTimeOffset StartedAt,
    DateTimeOffset? ConnectedAt,
    string? Problem,
    bool StopsWhenIdle,
    bool IsStopping,
    bool LocalStartsOnly,
    string[] Debuggers,
    string Log,
    string Data,
    AgentSession[] Sessions);

/// <summary>One run of a debugger at its agent.</summary>
/// <param name="Debugger">The debugger's kind.</param>
/// <param name="ProcessId">Null: the debugger is gone, and what it printed is still being uploaded.</param>
/// <param name="SpoolBytes">On this computer's disk, not known to be durable at the server.</param>
public sealed record AgentSession(
    string Id, int Run, string Debugger, int? ProcessId, DebuggerState State, bool ThroughServer, DateTimeOffset StartedAt, long SpoolBytes, SpoolState Spool);
