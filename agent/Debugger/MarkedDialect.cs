namespace OrleansKd.Agent.Debugger;

/// <summary>A debugger whose prompt is a marker: 128 random bits that it prints only when it waits for a command.</summary>
internal abstract class MarkedDialect : DebuggerDialect
{
    /// <summary>Begins every marker, so that output can't forge one. The byte after it is a <see cref="MarkerKind"/>.</summary>
    public abstract ReadOnlySpan<byte> MarkerStem { get; }

    /// <summary>What is shown where the prompt's marker stood.</summary>
    public abstract string Prompt { get; }

    /// <summary>A command of ours that the debugger shows at its start, before the first marker, on a line that is taken out; empty when it shows none.</summary>
    public virtual string OwnCommand => "";

    /// <summary>Whether a last line without an end asks for more of a command.</summary>
    public abstract bool IsContinuationPrompt(ReadOnlySpan<byte> line);

    public sealed override DebuggerOutput CreateOutput(IDebuggerOutputSink sink, Lock gate, TimeProvider time) => new MarkedOutput(this, sink, gate, time);
}

/// <summary>The byte behind a marker's stem.</summary>
internal enum MarkerKind : byte
{
    /// <summary>The debugger waits for a command.</summary>
    Prompt = (byte)'P',

    /// <summary>The debugger waits for a command, or shows one of a script or a breakpoint, which follows at once.</summary>
    PromptOrEcho = (byte)'Q',

    /// <summary>As <see cref="PromptOrEcho"/>, and output of the target may follow: the debugger waits for a command when <see cref="Waiting"/> comes.</summary>
    PromptBeforeWaiting = (byte)'V',

    /// <summary>The debugger waits for a line, of a command or of what it asked for, and has printed everything.</summary>
    Waiting = (byte)'W',

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
