using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>How to talk to the debugger of one run: its own arguments, its markers, its prompts, and how to leave it.</summary>
internal abstract class DebuggerDialect : IDisposable
{
    /// <summary>Go before the user's arguments.</summary>
    public abstract IReadOnlyList<string> OwnArguments { get; }

    /// <summary>Begins every marker: 128 random bits, so that output can't forge one. The byte after it is a <see cref="MarkerKind"/>.</summary>
    public abstract ReadOnlySpan<byte> MarkerStem { get; }

    /// <summary>What is shown where the prompt's marker stood.</summary>
    public abstract string Prompt { get; }

    /// <summary>Whether a last line without an end asks for more of a command.</summary>
    public abstract bool IsContinuationPrompt(ReadOnlySpan<byte> line);

    /// <summary>Whether a command lets the target run. Only asked when the debugger does not mark it itself.</summary>
    public abstract bool Resumes(string command);

    /// <summary>The first prompt came: what was only needed to start can go.</summary>
    public abstract void Started();

    /// <summary>Leaves the debugger, wherever it is. Returns when it has ended.</summary>
    /// <param name="fate">Null: the target stays as it is, running or stopped.</param>
    /// <returns>What became of the target, as far as that is known: no more than what was asked for.</returns>
    public abstract Task<TargetFate?> LeaveAsync(IDebuggerConsole console, TargetFate? fate);

    public abstract void Dispose();
}

/// <summary>The agent's own hand on a debugger that is being left.</summary>
internal interface IDebuggerConsole
{
    int ProcessId { get; }

    /// <summary>Whether the debugger marks resuming and stopping itself (see <see cref="MarkerKind.Reporting"/>).</summary>
    bool ReportsTarget { get; }

    /// <summary>Whether the target ran when the leaving began.</summary>
    bool WasRunning { get; }

    /// <summary>Brings the debugger to its prompt: with a Break when it is not there, which stops a running target.</summary>
    Task ToPromptAsync();

    /// <summary>Sends a line and waits for the next prompt.</summary>
    Task SendAsync(string line);

    /// <summary>Sends a line after which no prompt comes, and waits for the debugger's end.</summary>
    /// <returns>What the debugger marked (<see cref="MarkerKind.LetRun"/>, <see cref="MarkerKind.LeftStopped"/>); null when it did not.</returns>
    Task<TargetFate?> SendLastAsync(string line);
}

/// <summary>The byte behind a marker's stem.</summary>
internal enum MarkerKind : byte
{
    /// <summary>The debugger waits for a command.</summary>
    Prompt = (byte)'P',

    /// <summary>The debugger will mark <see cref="Resumed"/> and <see cref="Stopped"/>.</summary>
    Reporting = (byte)'H',

    /// <summary>The target runs.</summary>
    Resumed = (byte)'R',

    /// <summary>The target stopped.</summary>
    Stopped = (byte)'S',

    /// <summary>The debugger let all its targets go on.</summary>
    LetRun = (byte)'G',

    /// <summary>The debugger left all its targets stopped.</summary>
    LeftStopped = (byte)'K',

    /// <summary>The debugger is gone though its process number lives on, keeping a stopped target.</summary>
    Left = (byte)'L',
}
