using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Abstractions.Sessions;

[GenerateSerializer, Immutable, Alias("OrleansKd.HostSession")]
public sealed record HostSession(
    [property: Id(0)] string Computer,
    [property: Id(1)] string Debugger,
    [property: Id(2)] string Arguments,
    [property: Id(3)] string Name,
    [property: Id(4)] string Description,
    [property: Id(5)] SpoolFullAction WhenSpoolFull = SpoolFullAction.Hold,
    [property: Id(6)] bool? ClientsMayReopen = null,
    [property: Id(7)] bool SecureMode = false);

/// <summary>What the host gives to open a session again; null: as recorded.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.ReopenSession")]
public sealed record ReopenSession(
    [property: Id(0)] string? Computer = null,
    [property: Id(1)] string? Debugger = null,
    [property: Id(2)] string? Arguments = null)
{
    public static readonly ReopenSession AsRecorded = new();
}

/// <summary>Changes what is not null.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.SessionChange")]
public sealed record SessionChange([property: Id(0)] bool? ClientsMayReopen = null);

/// <summary>A session as one caller sees it.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.SessionView")]
public sealed record SessionView
{
    [Id(0)] public required SessionRef Id { get; init; }
    [Id(1)] public required string Name { get; init; }
    [Id(2)] public required string Description { get; init; }
    [Id(3)] public required SessionState State { get; init; }
    [Id(4)] public required DebuggerState Debugger { get; init; }
    [Id(5)] public required Person Host { get; init; }
    [Id(6)] public required bool IsHost { get; init; }
    [Id(7)] public required Person[] Clients { get; init; }
    [Id(8)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(9)] public required DateTimeOffset LastActivityAt { get; init; }
    [Id(10)] public DateTimeOffset? TerminatedAt { get; init; }
    [Id(11)] public required string Computer { get; init; }
    [Id(12)] public required string DebuggerLocation { get; init; }
    [Id(13)] public required string Arguments { get; init; }
    [Id(14)] public required string Prompt { get; init; }
    [Id(15)] public required bool ThroughServer { get; init; }
    [Id(16)] public required CommandView[] Queue { get; init; }
    [Id(17)] public required long DurableThrough { get; init; }

    /// <summary>Who watches it now.</summary>
    [Id(18)] public required Person[] Present { get; init; }
    [Id(19)] public SpoolState Spool { get; init; }
    [Id(20)] public SpoolFullAction WhenSpoolFull { get; init; }

    /// <summary>Null: not known.</summary>
    [Id(21)] public bool? TargetIsStopped { get; init; }
    [Id(22)] public bool ClientsMayReopen { get; init; }
    [Id(23)] public string DebuggerKind { get; init; } = "";
    [Id(31)] public OperatorView[] Operators { get; init; } = [];

    /// <summary>What the caller may do with the debugger.</summary>
    [Id(32)] public OperatorRight? Right { get; init; }

    /// <summary>Those of <see cref="Clients"/> who have opened the session at least once.</summary>
    [Id(50)] public UserId[] Accepted { get; init; } = [];

    /// <summary>For whom this is.</summary>
    [Id(51)] public UserId Caller { get; init; }
    [Id(60)] public CommandView[] Suggestions { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("OrleansKd.OperatorView")]
public sealed record OperatorView([property: Id(0)] Person Person, [property: Id(1)] OperatorRight Right);

[GenerateSerializer, Immutable, Alias("OrleansKd.CommandView")]
public sealed record CommandView(
    [property: Id(0)] string Id,
    [property: Id(1)] string Text,
    [property: Id(2)] Person Author,
    [property: Id(3)] bool IsRunning);

[GenerateSerializer, Immutable, Alias("OrleansKd.CommandEntered")]
public sealed record CommandEntered([property: Id(0)] string CommandId, [property: Id(1)] long Sequence);

/// <param name="After">Sequence after which to read; -1: from the beginning of the memory tail.</param>
/// <param name="Epoch">Of the page that <paramref name="After"/> came from, 0 for the first read.</param>
/// <param name="KnownDurable">The watermark that the reader knows; a newer one ends the wait.</param>
/// <param name="Wait">4 seconds at most.</param>
/// <param name="Readers">For whom this is read: their rights are proved with the answer, and they count as present. Null: not now.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.ReadCursor")]
public sealed record ReadCursor(
    [property: Id(0)] long After,
    [property: Id(1)] long Epoch,
    [property: Id(2)] long KnownDurable,
    [property: Id(3)] int MaxBytes,
    [property: Id(4)] TimeSpan Wait,
    [property: Id(6)] Reader[]? Readers = null);

/// <param name="Place">Id of the computer where a person watches; null: a program reads, which is nobody's presence.</param>
/// <param name="OnlyComputer">As <see cref="CallerId.OnlyComputer"/>.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.Reader")]
public sealed record Reader([property: Id(0)] UserId User, [property: Id(1)] string? Place, [property: Id(2)] string? OnlyComputer = null)
{
    public CallerId Caller => new(User, OnlyComputer);
}

/// <summary>Somebody begins to watch.</summary>
/// <param name="Computer">Name of the computer at <c>Place</c>.</param>
/// <param name="Moves">Opened by the person now: windows on other computers stop. False: it goes on after a cut.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.ReaderJoin")]
public sealed record ReaderJoin([property: Id(0)] Reader Reader, [property: Id(1)] string? Computer, [property: Id(2)] bool Moves);

/// <summary>A reader who is to be told no more, and why.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.DeniedReader")]
public sealed record DeniedReader([property: Id(0)] Reader Reader, [property: Id(1)] Refusal Refusal);

/// <summary>
/// Consecutive entries after <paramref name="After"/>. When that is not the cursor's <c>After</c>, the tail begins there and what lies
/// between is in the log. Only output may stand above <paramref name="DurableThrough"/>.
/// </summary>
/// <param name="Denied">Those of the cursor's readers who may not read the session, or not there any more; null when none were named.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.SessionPage")]
public sealed record SessionPage(
    [property: Id(0)] long Epoch,
    [property: Id(1)] long After,
    [property: Id(2)] SessionLogEntry[] Entries,
    [property: Id(3)] long DurableThrough,
    [property: Id(5)] DeniedReader[]? Denied = null);

/// <param name="LastInstruction">Sequence of the last instruction that the agent acted on.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.AgentAttach")]
public sealed record AgentAttach(
    [property: Id(0)] UserId User,
    [property: Id(1)] string Computer,
    [property: Id(2)] int Run,
    [property: Id(3)] string AgentInstance,
    [property: Id(4)] string Connection,
    [property: Id(5)] long LastInstruction);

/// <param name="Accepted">Chunks go on with the number after it.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.AgentAttached")]
public sealed record AgentAttached([property: Id(0)] long Epoch, [property: Id(1)] long Accepted);

[GenerateSerializer, Immutable, Alias("OrleansKd.AgentChunks")]
public sealed record AgentChunks(
    [property: Id(0)] string Connection,
    [property: Id(1)] int Run,
    [property: Id(2)] StoredChunk[] Chunks);

[GenerateSerializer, Immutable, Alias("OrleansKd.StoredChunk")]
public sealed class StoredChunk(long number, AgentChunkKind kind, ReadOnlyMemory<byte> data, AgentReport? report)
{
    [Id(0)] public readonly long Number = number;
    [Id(1)] public readonly AgentChunkKind Kind = kind;

    // A direct field: Orleans copies memory in fields as a block, elsewhere byte by byte.
    [Id(2)] public readonly ReadOnlyMemory<byte> Data = data;
    [Id(3)] public readonly AgentReport? Report = report;
}

/// <summary>The members of an <c>AgentChunk</c> that is not output.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.AgentReport")]
public sealed record AgentReport
{
    [Id(0)] public string? Text { get; init; }
    [Id(1)] public string? CommandId { get; init; }
    [Id(2)] public DebuggerState? State { get; init; }
    [Id(3)] public int? ExitCode { get; init; }
    [Id(4)] public string? Signal { get; init; }
    [Id(5)] public long? Bytes { get; init; }
    [Id(6)] public string? Key { get; init; }
    [Id(7)] public RunEnd? End { get; init; }
    [Id(8)] public TargetFate? Target { get; init; }
}

[GenerateSerializer, Immutable, Alias("OrleansKd.ChunksAccepted")]
public sealed record ChunksAccepted([property: Id(0)] long Accepted, [property: Id(1)] long Durable);

/// <param name="Instruction">Sequence of the last instruction that was passed on.</param>
/// <param name="Signal">Number of the last control signal that was passed on.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.AgentCursor")]
public sealed record AgentCursor(
    [property: Id(0)] string Connection,
    [property: Id(1)] int Run,
    [property: Id(2)] long Instruction,
    [property: Id(3)] long Signal,
    [property: Id(4)] long KnownDurable,
    [property: Id(5)] TimeSpan Wait);

[GenerateSerializer, Immutable, Alias("OrleansKd.AgentLane")]
public sealed record AgentLane(
    [property: Id(0)] long Durable,
    [property: Id(1)] InstructionItem[] Instructions,
    [property: Id(2)] SignalItem[] Signals,
    [property: Id(3)] bool RunIsOver,
    [property: Id(4)] bool IsTerminated = false);

[GenerateSerializer, Immutable, Alias("OrleansKd.InstructionItem")]
public sealed record InstructionItem(
    [property: Id(0)] long Sequence,
    [property: Id(1)] AgentInstructionKind Kind,
    [property: Id(2)] string? CommandId,
    [property: Id(3)] string? Text,
    [property: Id(4)] TargetFate? Target,
    [property: Id(5)] bool IsInspect = false);

[GenerateSerializer, Immutable, Alias("OrleansKd.SignalItem")]
public sealed record SignalItem(
    [property: Id(0)] long Number,
    [property: Id(1)] string Id,
    [property: Id(2)] TimeSpan ValidFor,
    [property: Id(3)] string? Key = null,
    [property: Id(4)] string[]? Cancels = null);

/// <summary>A Break or control key that somebody gives.</summary>
/// <param name="Id">Chosen by the caller; the same id is acted on once.</param>
/// <param name="Key">As the caller wrote it; null for a Break.</param>
/// <param name="Run">The run that it is meant for; null: the current one.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.KeyPress")]
public sealed record KeyPress([property: Id(0)] string Id, [property: Id(1)] string? Key = null, [property: Id(2)] int? Run = null);

[GenerateSerializer, Immutable, Alias("OrleansKd.AgentSpool")]
public sealed record AgentSpool(
    [property: Id(0)] string Connection,
    [property: Id(1)] int Run,
    [property: Id(2)] SpoolState State,
    [property: Id(3)] long Bytes,
    [property: Id(4)] long LimitBytes);
