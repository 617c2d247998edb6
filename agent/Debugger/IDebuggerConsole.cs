using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>The agent's own hand on a debugger that is being left.</summary>
internal interface IDebuggerConsole
{
    /// <summary>Whether the target ran when the leaving began.</summary>
    bool WasRunning { get; }

    /// <summary>Whether the debugger asks for more of a command.</summary>
    bool AsksForMore { get; }

    /// <summary>Brings the debugger to its prompt: with a Break when it is not there, which stops a running target.</summary>
    /// <param name="limit">Null: <see cref="DebuggerLeave.StepLimit"/>.</param>
    /// <exception cref="TimeoutException">No prompt came.</exception>
    Task ToPromptAsync(TimeSpan? limit = null);

    /// <summary>Waits for the prompt, and breaks nothing; false when none came in time.</summary>
    Task<bool> IsAtPromptAsync();

    /// <summary>Sends a line and waits for the next prompt.</summary>
    Task SendAsync(string line);

    /// <summary>Writes a line and waits for nothing.</summary>
    Task WriteAsync(string line);

    /// <summary>Sends a line after which no prompt comes, and waits for the debugger's end.</summary>
    /// <returns>What the debugger told (see <see cref="MarkerKind.LetRun"/>, <see cref="MarkerKind.LeftStopped"/>); null when it did not.</returns>
    Task<TargetFate?> SendLastAsync(string line);

    /// <summary>Waits for the debugger's end; false when it did not end in time.</summary>
    Task<bool> HasExitedAsync();
}
