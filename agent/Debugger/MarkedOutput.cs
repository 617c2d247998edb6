using System.Text;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>Reads the output of a <see cref="MarkedDialect"/>'s debugger.</summary>
internal sealed class MarkedOutput : DebuggerOutput, IMarkerSink
{
    /// <summary>Silence after what looks like a continuation prompt, before it is taken for one.</summary>
    public static readonly TimeSpan ContinuationAfter = TimeSpan.FromMilliseconds(150);

    private readonly MarkedDialect dialect;
    private readonly IDebuggerOutputSink sink;
    private readonly Lock gate;
    private readonly MarkerScanner scanner;
    private readonly PromptTracker tracker = new();
    private readonly ITimer continuation;
    private readonly byte[] shownPrompt;
    private readonly OpeningText? opening;
    private bool reportsTarget;
    private bool isEcho;

    public MarkedOutput(MarkedDialect dialect, IDebuggerOutputSink sink, Lock gate, TimeProvider time)
    {
        (this.dialect, this.sink, this.gate) = (dialect, sink, gate);
        scanner = new(dialect.MarkerStem.ToArray(), this);
        shownPrompt = Encoding.UTF8.GetBytes(dialect.Prompt);
        opening = dialect.OwnCommand.Length == 0 ? null : new(dialect.OwnCommand, sink);
        continuation = time.CreateTimer(_ => OnSilence(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override void Read(ReadOnlySpan<byte> block) => scanner.Read(block);

    public override void Complete()
    {
        scanner.Complete();
        opening?.PassOn();
        continuation.Dispose();
    }

    public override WrittenLine Writing(string line)
    {
        tracker.Reset();
        return new(line, !reportsTarget && dialect.Resumes(line));
    }

    void IMarkerSink.OnText(ReadOnlySpan<byte> text)
    {
        if (opening?.TryHold(text) == true)
            return;
        if (isEcho)
            sink.OnText(shownPrompt);
        isEcho = false;
        sink.OnText(text);
        lock (gate)
        {
            tracker.Add(text);
            continuation.Change(dialect.IsContinuationPrompt(tracker.Line) ? ContinuationAfter : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    void IMarkerSink.OnMarker(byte kind)
    {
        opening?.PassOn();
        switch ((MarkerKind)kind)
        {
            case MarkerKind.Echo:
                isEcho = true;
                break;
            case MarkerKind.Prompt:
                isEcho = false;
                lock (gate)
                    tracker.Reset();
                sink.OnPrompt(shownPrompt, dialect.Prompt, null);
                break;
            case MarkerKind.Reporting:
                lock (gate)
                    reportsTarget = true;
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

    private void OnSilence()
    {
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
