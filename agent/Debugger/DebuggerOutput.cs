using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>Receives a debugger's output, taken apart. Called one at a time, and never with the run's gate held.</summary>
internal interface IDebuggerOutputSink
{
    /// <summary>How many lines were written to the debugger. Only to be read with the gate held.</summary>
    long Written { get; }

    /// <summary>Shown to people as it is.</summary>
    void OnText(ReadOnlySpan<byte> text);

    /// <summary>The debugger waits for a command.</summary>
    /// <param name="shown">What people see of the prompt now; it did not come by <see cref="OnText"/>.</param>
    /// <param name="written">What <see cref="Written"/> was when the prompt was found; null when it can't be a line's that was written later.</param>
    void OnPrompt(ReadOnlySpan<byte> shown, string prompt, long? written);

    /// <summary>The debugger asks for more of a command; the prompt came by <see cref="OnText"/>.</summary>
    void OnContinuation(string prompt, long written);

    /// <summary>From now on the debugger tells by itself when its target resumes and stops.</summary>
    void OnReporting();

    void OnResumed();

    void OnStopped();

    /// <summary>The debugger waits for its target, or follows one that runs, by nobody's command here: it has started, and only a Break helps.</summary>
    void OnFollowing();

    /// <summary>The debugger let its target go, and lives on without one.</summary>
    void OnTargetLetGo();

    /// <summary>The debugger tells, before it ends, what became of all its targets.</summary>
    void OnLeaving(TargetFate left);

    /// <summary>The debugger is gone though its process number lives on, keeping a stopped target.</summary>
    void OnLeft();
}

/// <summary>
/// Reads what one run of a debugger prints: takes out what the agent itself made it print, and tells prompts from text. What it
/// shares with <see cref="Writing"/> it guards with the run's gate, which it never holds when it calls the sink.
/// </summary>
internal abstract class DebuggerOutput
{
    public abstract void Read(ReadOnlySpan<byte> block);

    /// <summary>No more output comes.</summary>
    public abstract void Complete();

    /// <summary>A line is about to be written. Called with the gate held, at the debugger's prompt.</summary>
    public abstract WrittenLine Writing(string line);

    /// <summary>A Break is about to be given. Waits for nothing.</summary>
    public virtual void Breaking()
    {
    }
}

/// <param name="Text">What is written, without the end of the last line: the line, and what the dialect adds.</param>
/// <param name="Resumes">The line lets the target run, and the debugger will not tell.</param>
internal readonly record struct WrittenLine(string Text, bool Resumes);
