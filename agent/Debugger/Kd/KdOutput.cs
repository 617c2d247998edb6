using System.Text;

namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>How the end of what was written last is told.</summary>
internal enum KdEnd
{
    /// <summary>The first prompt, or a banner that says what the debugger waits for.</summary>
    Start,

    /// <summary>Nothing runs.</summary>
    AtPrompt,

    /// <summary>The marker's line, then the prompt. Nothing else: output can't forge it.</summary>
    Marker,

    /// <summary>A prompt at the end of the output, and silence after it.</summary>
    Prompt,

    /// <summary>The same, or any other last line without an end: the debugger asks for input.</summary>
    Input,
}

/// <summary>
/// Reads what kd prints. What could be a prompt at the end is held back until what follows, or silence, shows what it is. A
/// marker goes with the prompt in front of it, so that people see one prompt for each command.
/// </summary>
internal sealed class KdOutput : DebuggerOutput, IMarkerSink
{
    /// <summary>kd prints its prompt in one piece and then waits: anything shorter than what people notice will do.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(120);

    /// <summary>After it, what is only likely counts: a prompt that others' output has buried, a server whose target runs.</summary>
    public static readonly TimeSpan LongSilence = TimeSpan.FromSeconds(1);

    /// <summary>At the start, too: a client that could not connect has said so, and ends only now, took more than a second on a busy computer.</summary>
    public static readonly TimeSpan StartSilence = TimeSpan.FromSeconds(4);

    /// <summary>A Break took up to 4 seconds to reach a running kernel.</summary>
    public static readonly TimeSpan BreakSilence = TimeSpan.FromSeconds(8);

    private readonly KdDialect dialect;
    private readonly IDebuggerOutputSink sink;
    private readonly Lock gate;
    private readonly Lock reading = new();
    private readonly MarkerScanner scanner;
    private readonly PromptTracker line = new();
    private readonly KdLines lines;
    private readonly KdBanner banner = new();
    private readonly ITimer silence;
    private readonly ITimer longSilence;
    private KdEnd end = KdEnd.Start;
    private bool isWaiting;
    private bool isContinuing;
    private string inputPrompt = "";
    private byte marker = (byte)'Z';
    private volatile bool isBreaking;
    private byte[] held = [];
    private byte[] beforeMarker = [];
    private bool isAfterMarker;
    private bool isMarkerLine;

    public KdOutput(KdDialect dialect, IDebuggerOutputSink sink, Lock gate, TimeProvider time)
    {
        (this.dialect, this.sink, this.gate) = (dialect, sink, gate);
        lines = new(dialect.Grammar, dialect.IsThroughServer);
        scanner = new(dialect.MarkerStem.ToArray(), this);
        silence = time.CreateTimer(_ => OnSilence(isLong: false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        longSilence = time.CreateTimer(_ => OnSilence(isLong: true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override void Read(ReadOnlySpan<byte> block)
    {
        lock (reading)
        {
            scanner.Read(block);
            silence.Change(Silence, Timeout.InfiniteTimeSpan);
            longSilence.Change(end == KdEnd.Start ? StartSilence : LongSilence, Timeout.InfiniteTimeSpan);
        }
    }

    public override void Complete()
    {
        silence.Dispose();
        longSilence.Dispose();
        lock (reading)
        {
            scanner.Complete();
            Show(held);
            held = [];
            if (lines.Last.IsLetGo)
                LetGo();
        }
    }

    public override WrittenLine Writing(string line)
    {
        this.line.Reset();
        lines.Forget(line);
        isBreaking = false;
        end = dialect.EndOf(line, isContinuing);
        if (isContinuing)
            return new(KdInput.LineFor(line, inputPrompt), false);
        if (end != KdEnd.Marker)
            return new(line, end == KdEnd.Prompt && dialect.Grammar.Resumes(line));
        marker = marker == (byte)'Z' ? (byte)'A' : (byte)(marker + 1);
        return new($"{line}\n.echo {Encoding.ASCII.GetString(dialect.MarkerStem)}{(char)marker}", false);
    }

    /// <summary>
    /// The marker may have been taken as somebody's input: after a Break a prompt counts without it. And where others are in the
    /// session, a target that seemed to run but does not answer is taken for one at the prompt: at worst a command waits in KD's queue.
    /// </summary>
    public override void Breaking()
    {
        isBreaking = true;
        longSilence.Change(BreakSilence, Timeout.InfiniteTimeSpan);
    }

    void IMarkerSink.OnText(ReadOnlySpan<byte> text)
    {
        if (isMarkerLine)
        {
            isMarkerLine = !text.Contains((byte)'\n');
            text = isMarkerLine ? [] : text[(text.IndexOf((byte)'\n') + 1)..];
        }
        if (text.Length == 0)
            return;
        if (held.Length > 0)
            text = (byte[])[.. held, .. text];
        var possible = KdPrompt.PossibleLengthAtEnd(text);
        held = text[^possible..].ToArray();
        Show(text[..^possible]);
        if (isAfterMarker && KdPrompt.LengthAtEnd(held) > 0)
            Prompted(isLate: false);
    }

    /// <summary>Takes the marker out, with the prompt in front of it: the one behind it is shown instead.</summary>
    void IMarkerSink.OnMarker(byte kind)
    {
        var prompt = KdPrompt.LengthAtEnd(held);
        Show(held.AsSpan()[..^prompt]);
        (beforeMarker, held) = (held[^prompt..], []);
        isMarkerLine = true;
        lock (gate)
            isAfterMarker = end == KdEnd.Marker && kind == marker;
    }

    private void OnSilence(bool isLong)
    {
        // When the lock is taken, output comes: no silence.
        if (!reading.TryEnter())
            return;
        try
        {
            Decide(isLong);
        }
        finally
        {
            reading.Exit();
        }
    }

    private void Decide(bool isLong)
    {
        var isPrompt = KdPrompt.LengthAtEnd(held) > 0;
        KdEnd end;
        KdLines.Sight sight;
        string? input = null;
        long written;
        lock (gate)
        {
            (end, sight, written) = (this.end, lines.Last, sink.Written);
            if (end == KdEnd.Input && !isPrompt)
                input = Encoding.UTF8.GetString(line.Line) + Encoding.UTF8.GetString(held);
        }
        if (isPrompt)
        {
            if (end != KdEnd.Marker || (isLong && isBreaking))
                Prompted(isLate: true);
            return;
        }
        Show(held);
        held = [];
        if (!string.IsNullOrEmpty(input))
        {
            lock (gate)
                (isContinuing, inputPrompt) = (sink.Written == written, input);
            sink.OnContinuation(input, written);
        }
        else if (isLong)
        {
            Guess(end, sight);
        }
    }

    /// <summary>A longer silence without a prompt.</summary>
    private void Guess(KdEnd end, KdLines.Sight sight)
    {
        if (sight.IsLetGo)
        {
            LetGo();
        }
        else if (end == KdEnd.Start)
        {
            if (dialect.StartsWithoutPrompt)
                sink.OnFollowing();
        }
        else if (dialect.IsShared && (isBreaking ? dialect.LastPrompt : sight.IsResumed ? null : sight.Prompt) is { } buried)
        {
            held = Encoding.Latin1.GetBytes(buried);
            Prompted(isLate: true, isShown: true);
        }
    }

    /// <summary>What is held ends with a prompt that counts.</summary>
    /// <param name="isLate">It was told by silence: a line may have been written meanwhile.</param>
    private void Prompted(bool isLate, bool isShown = false)
    {
        var prompt = held[^KdPrompt.LengthAtEnd(held)..];
        var rest = held.AsSpan()[..^prompt.Length];
        if (isAfterMarker && beforeMarker.AsSpan().EndsWith(prompt))
            Show(beforeMarker.AsSpan()[..^prompt.Length]);
        Show(rest);
        (held, beforeMarker, isAfterMarker) = ([], [], false);
        long written;
        lock (gate)
        {
            written = sink.Written;
            end = KdEnd.AtPrompt;
            isContinuing = isBreaking = false;
            line.Reset();
            lines.Forget();
        }
        var text = Encoding.Latin1.GetString(prompt);
        var isLetGo = text == KdPrompt.NoTarget && dialect.LastPrompt is not null;
        dialect.Prompted(isLetGo ? null : text);
        sink.OnPrompt(isShown ? [] : prompt, text, isLate ? written : null);
        if (isLetGo)
            LetGo();
    }

    private void LetGo()
    {
        lock (gate)
            lines.Forget();
        dialect.Prompted(null);
        sink.OnTargetLetGo();
    }

    private void Show(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0)
            return;
        sink.OnText(text);
        var isFollowing = false;
        lock (gate)
        {
            line.Add(text);
            lines.Add(text);
            if (end != KdEnd.Start)
            {
                isFollowing = dialect.IsShared && lines.TakeResumed();
            }
            else if (!isWaiting)
            {
                banner.Add(text);
                isFollowing = isWaiting = banner.IsWaiting;
            }
        }
        if (isFollowing)
            sink.OnFollowing();
    }
}
