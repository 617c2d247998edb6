using System.Text;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>Reads the output of a <see cref="MarkedDialect"/>'s debugger.</summary>
internal sealed class MarkedOutput : DebuggerOutput, IMarkerSink
{
    /// <summary>Silence after what looks like a continuation prompt, before it is taken for one.</summary>
    public static readonly TimeSpan ContinuationAfter = TimeSpan.FromMilliseconds(150);

    /// <summary>Silence after <see cref="MarkerKind.PromptOrEcho"/>: a command that is shown comes by the same write.</summary>
    public static readonly TimeSpan PromptAfter = TimeSpan.FromMilliseconds(20);

    private readonly MarkedDialect dialect;
    private readonly IDebuggerOutputSink sink;
    private readonly Lock gate;
    private readonly MarkerScanner scanner;
    private readonly PromptTracker tracker = new();
    private readonly ITimer silence;

    /// <summary>Held while output is read, and while silence is judged.</summary>
    private readonly Lock reading = new();
    private readonly byte[] shownPrompt;
    private readonly OpeningText? opening;

    /// <summary>What <see cref="IDebuggerOutputSink.Written"/> was at a prompt that may be an echo's; null when there is none.</summary>
    private long? promptAt;

    /// <summary>It counts when <see cref="MarkerKind.Waiting"/> comes, whatever follows it; otherwise by silence.</summary>
    private bool isWaitingMarked;

    /// <summary>People see it already.</summary>
    private bool isShown;

    public MarkedOutput(MarkedDialect dialect, IDebuggerOutputSink sink, Lock gate, TimeProvider time)
    {
        (this.dialect, this.sink, this.gate) = (dialect, sink, gate);
        scanner = new(dialect.MarkerStem.ToArray(), this);
        shownPrompt = Encoding.UTF8.GetBytes(dialect.Prompt);
        opening = dialect.OwnCommand.Length == 0 ? null : new(dialect.OwnCommand, sink);
        silence = time.CreateTimer(_ => OnSilence(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override void Read(ReadOnlySpan<byte> block)
    {
        lock (reading)
            scanner.Read(block);
    }

    public override void Complete()
    {
        silence.Dispose();
        lock (reading)
        {
            scanner.Complete();
            opening?.PassOn();
        }
    }

    public override WrittenLine Writing(string line)
    {
        tracker.Reset();
        return new(line, Resumes: false);
    }

    void IMarkerSink.OnText(ReadOnlySpan<byte> text)
    {
        if (opening?.TryHold(text) == true)
            return;
        if (promptAt is not null && !isShown)
            sink.OnText(shownPrompt);
        isShown = true;
        if (!isWaitingMarked)
            promptAt = null;
        sink.OnText(text);
        lock (gate)
        {
            tracker.Add(text);
            silence.Change(dialect.IsContinuationPrompt(tracker.Line) ? ContinuationAfter : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    void IMarkerSink.OnMarker(byte kind)
    {
        opening?.PassOn();
        switch ((MarkerKind)kind)
        {
            case MarkerKind.PromptOrEcho:
                FoundPrompt(PromptAfter);
                break;
            case MarkerKind.PromptBeforeWaiting:
                FoundPrompt(null);
                break;
            case MarkerKind.Waiting:
                OnWaiting();
                break;
            case MarkerKind.Prompt:
                lock (gate)
                    tracker.Reset();
                sink.OnPrompt(shownPrompt, dialect.Prompt, null);
                break;
            case MarkerKind.Reporting:
                sink.OnReporting();
                break;
            case MarkerKind.Resumed:
                sink.OnResumed();
                break;
            case MarkerKind.Stopped:
                sink.OnStopped();
                break;
            case MarkerKind.LetRun:
                sink.OnLeaving(TargetFate.LetRun);
                break;
            case MarkerKind.LeftStopped:
                sink.OnLeaving(TargetFate.LeaveStopped);
                break;
            case MarkerKind.Left:
                sink.OnLeft();
                break;
        }
    }

    /// <param name="after">Silence after which it counts; null: when the debugger marks that it waits.</param>
    private void FoundPrompt(TimeSpan? after)
    {
        if (promptAt is not null && !isShown)
            sink.OnText(shownPrompt);
        (isWaitingMarked, isShown) = (after is null, false);
        lock (gate)
        {
            promptAt = sink.Written;
            tracker.Reset();
            silence.Change(after ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnWaiting()
    {
        lock (gate)
        {
            // It may wait for more of a command, which silence tells.
            if (dialect.IsContinuationPrompt(tracker.Line))
                return;
        }
        if (promptAt is not { } found)
            return;
        promptAt = null;
        sink.OnPrompt(isShown ? [] : shownPrompt, dialect.Prompt, found);
    }

    private void OnSilence()
    {
        lock (reading)
            Decide();
    }

    private void Decide()
    {
        if (promptAt is { } found && !isWaitingMarked)
        {
            promptAt = null;
            sink.OnPrompt(shownPrompt, dialect.Prompt, found);
            return;
        }
        string prompt;
        long written;
        lock (gate)
        {
            if (!dialect.IsContinuationPrompt(tracker.Line))
                return;
            prompt = Encoding.UTF8.GetString(tracker.Line);
            written = sink.Written;
        }
        sink.OnContinuation(prompt, written);
    }
}
