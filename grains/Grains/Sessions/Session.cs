using System.Text.Json.Serialization;
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

    /// <summary>When somebody last did something that counts as using it (<see cref="RetentionFold"/>); null in snapshots from before that was noted.</summary>
    public DateTimeOffset? TouchedAt { get; init; }

    /// <summary>The host was told that the closed session, which nobody touches, will be terminated then; null: not, or it was touched since.</summary>
    public DateTimeOffset? TerminationAnnouncedFor { get; init; }

    /// <summary>It is deleted: what is left of it only says what has to be removed yet.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Ids of all who were ever invited: whose invitations are removed with the session.</summary>
    public string[] EverInvited { get; init; } = [];

    /// <summary>Sequence of the newest entry that asks the agent to leave the run's debugger, 0 when none does. Stored under its first name.</summary>
    [JsonPropertyName("TerminatedBy")]
    public long EndAskedBy { get; init; }

    /// <summary>What is to become of the target then; null: it stays as it is.</summary>
    [JsonPropertyName("TerminatedTarget")]
    public TargetFate? EndTarget { get; init; }

    /// <summary>Sequence of the entry at which a direct session was closed: what waited before it is not to start any more.</summary>
    public long CancelWaitingBy { get; init; }

    /// <summary>Number of the debugger's run, from 1.</summary>
    public int Run { get; init; }

    /// <summary>The run's debugger is gone and that is recorded.</summary>
    public bool RunIsOver { get; init; }

    /// <summary>How the last run ended; null while none has.</summary>
    public EndedRun? Ended { get; init; }

    /// <summary>Runs that were given up, newest last: their agents may come back with output that nobody wants any more.</summary>
    public int[] GivenUpRuns { get; init; } = [];

    /// <summary>A quit word or key that the debugger got and has not outlived by <see cref="Limits.QuitEffect"/> (rule F5).</summary>
    public QuitIntent? Quit { get; init; }

    /// <summary>Invited clients may open the session again (rule F3).</summary>
    public bool ClientsMayReopen { get; init; } = true;

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

    /// <summary>Who watches, and from where; somebody who has been gone for a minute is not here any more.</summary>
    public JoinedPerson[] Joined { get; init; } = [];

    /// <summary>Commands that were suggested and neither run nor dismissed, oldest first.</summary>
    public SessionSuggestion[] Suggestions { get; init; } = [];

    /// <summary>Clients who may enter commands.</summary>
    public SessionOperator[] Operators { get; init; } = [];

    /// <summary>What somebody may do with the debugger: the host everything; nobody anything while they may not see the session.</summary>
    public OperatorRight? RightOf(string userId) => WithoutAccess.Contains(userId) ? null
        : IsHost(userId) ? OperatorRight.Full
        : IsClient(userId) ? Operators.FirstOrDefault(item => item.Id == userId)?.Right
        : null;

    /// <summary>The newest requests that were done under a name, oldest first.</summary>
    public NamedRequest[] NamedRequests { get; init; } = [];

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

internal sealed record SessionSuggestion(string Id, string Text, StoredPerson Author);

/// <param name="Place">Id of the computer that they joined from last.</param>
/// <param name="Computer">Its name, which only they are told.</param>
internal sealed record JoinedPerson(string Id, string Place, string Computer);

/// <param name="Text">As people see it.</param>
/// <param name="Sequence">Of its CommandEntered entry.</param>
/// <param name="IsMasked">A secret was taken out of the text.</param>
/// <param name="Quit">The word in it that may end the debugger.</param>
/// <param name="IsInspect">Entered by somebody who may only inspect.</param>
/// <param name="RemovalAskedBy">Sequence of the entry that asks the agent to cancel it, 0 before.</param>
internal sealed record SessionCommand(string Id, string Text, StoredPerson Author, long Sequence, bool IsRunning, bool IsMasked = false, string? Quit = null, bool IsInspect = false, long RemovalAskedBy = 0, string? RemovalReason = null);

/// <param name="Id">Of the user.</param>
internal sealed record SessionOperator(string Id, OperatorRight Right);

/// <param name="Text">What the agent says of it.</param>
/// <param name="Target">What became of the target; null: not known.</param>
internal sealed record EndedRun(RunEnd End, string? Signal, string? Text, TargetFate? Target);

/// <param name="Word">As in the command, or the key's name.</param>
/// <param name="CommandId">Null for a key.</param>
/// <param name="CompletedAt">When the prompt was back, or the key pressed; null while the command runs.</param>
internal sealed record QuitIntent(string Word, StoredPerson Author, string? CommandId, DateTimeOffset? CompletedAt);
