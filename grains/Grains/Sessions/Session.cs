using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// What a session's entries add up to (see <see cref="SessionFold"/>). Immutable, so that the fold of everything accepted and the
/// fold of everything durable can stand side by side.
/// </summary>
internal sealed record Session
{
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public SessionState State { get; init; }
    public StoredPerson? Host { get; init; }
    public StoredPerson[] Clients { get; init; } = [];
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? TerminatedAt { get; init; }

    /// <summary>Sequence of the entry that terminated the session, 0 before.</summary>
    public long TerminatedBy { get; init; }

    /// <summary>What the host chose for the target at termination.</summary>
    public TargetFate? TerminatedTarget { get; init; }

    /// <summary>Number of the debugger's run, from 1.</summary>
    public int Run { get; init; }

    /// <summary>The run's debugger is gone and that is recorded.</summary>
    public bool RunIsOver { get; init; }

    public string Computer { get; init; } = "";
    public string DebuggerLocation { get; init; } = "";
    public string Arguments { get; init; } = "";
    public bool ThroughServer { get; init; }
    public DebuggerState Debugger { get; init; }

    /// <summary>The debugger's own state while it is recorded as offline.</summary>
    public DebuggerState BeforeOffline { get; init; }

    public string Prompt { get; init; } = "";

    /// <summary>Commands that wait or run, in the order received.</summary>
    public SessionCommand[] Commands { get; init; } = [];

    /// <summary>Damage of the log before this sequence is known, and its consequences are drawn.</summary>
    public long DamageKnownThrough { get; init; }

    /// <summary>The transcript's limit of which people were warned last, in bytes; 0 before any warning.</summary>
    public long WarnedOfLimit { get; init; }

    /// <summary>Kind of the run's debugger: <c>gdb</c>, <c>kd</c>, …</summary>
    public string DebuggerKind { get; init; } = "";

    /// <summary>How full the agent's spool of the run is.</summary>
    public SpoolState Spool { get; init; }

    /// <summary>The host's choice for output beyond the spool.</summary>
    public SpoolFullAction WhenSpoolFull { get; init; }

    /// <summary>Ids of the newest Breaks and control keys, oldest first: a repeated request is acted on once, also after a failover.</summary>
    public string[] Signals { get; init; } = [];

    /// <summary>Ids of those of its people who may not see it, because they may not join sessions any more (rule A4).</summary>
    public string[] WithoutAccess { get; init; } = [];

    /// <summary>The host may not host sessions any more.</summary>
    public bool HostMayNotHost { get; init; }

    /// <summary>Ids of those clients who have opened the session at least once.</summary>
    public string[] Accepted { get; init; } = [];

    /// <summary>What people have to be told still; taken out once they are.</summary>
    public SessionNotice[] Notices { get; init; } = [];

    public bool IsHost(string userId) => Host?.Id == userId;

    public bool IsClient(string userId) => Clients.Any(client => client.Id == userId);
}

/// <param name="Text">As people see it.</param>
/// <param name="Sequence">Of its CommandEntered entry.</param>
/// <param name="IsMasked">A secret was taken out of the text.</param>
internal sealed record SessionCommand(string Id, string Text, StoredPerson Author, long Sequence, bool IsRunning, bool IsMasked = false);
