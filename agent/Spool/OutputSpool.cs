using System.Runtime.InteropServices;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Spool;

/// <summary>
/// The record of one run on this computer's disk. Invariants: what <see cref="Output"/> and <see cref="Report"/> took is with
/// the operating system when they return; chunks are numbered without holes and a number, once read, keeps its content for
/// ever, also across a crash; concatenated output chunks are exactly the bytes that came in, but for gaps, which say how many.
/// </summary>
/// <remarks>
/// Output gets its number late: a chunk is sealed when it is full, when a report follows, or when its reader asks. So the first
/// bytes go at once, and what comes while the reader is busy goes together. Files are append-only; see <see cref="SpoolRecord"/>.
/// </remarks>
internal sealed partial class OutputSpool : IRunRecord, IDisposable
{
    /// <summary>Bytes on disk for one run: hours of a flood, and a small part of a disk.</summary>
    public const long DefaultLimitBytes = 2L * 1024 * 1024 * 1024;

    /// <summary>What is durable is dropped in pieces of this size.</summary>
    private const long MaxSegmentBytes = 4 * 1024 * 1024;

    /// <summary>The smallest part of the limit that one segment may be, so that trimming always makes room.</summary>
    private const int SegmentsAtLimit = 8;

    private readonly object gate = new();
    private readonly string folder;
    private readonly long limitBytes;
    private readonly long segmentBytes;
    private readonly List<SpoolSegment> segments;
    private readonly List<byte> pending = new(Limits.ChunkBytes);
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SpoolReader? reader;
    private long bytesOnDisk;
    private bool isLettingGo;
    private bool isDisposed;

    private OutputSpool(string folder, long limitBytes, SpoolFullAction whenFull, List<SpoolSegment> segments)
    {
        (this.folder, this.limitBytes, this.whenFull, this.segments) = (folder, limitBytes, whenFull, segments);
        level = new(limitBytes);
        segmentBytes = Math.Min(MaxSegmentBytes, limitBytes / SegmentsAtLimit);
        bytesOnDisk = segments.Sum(segment => segment.Length);
    }

    /// <summary>Number of the newest chunk that has a number; 0 when there is none.</summary>
    public long LastNumber { get; private set; }

    /// <summary>Number of the oldest chunk that is still kept.</summary>
    public long FirstNumber { get { lock (gate) return segments[0].FirstNumber; } }

    /// <summary>The last chunk is <see cref="AgentChunkKind.RunExited"/>: nothing follows.</summary>
    public bool HasEnded { get; private set; }

    public static OutputSpool Create(string folder, long limitBytes = DefaultLimitBytes, SpoolFullAction whenFull = SpoolFullAction.Hold)
    {
        PrivateFolder.Make(folder);
        return new(folder, limitBytes, whenFull, [SpoolSegment.Create(folder, 1)]);
    }

    /// <summary>Opens what a run left behind, without the record that a crash may have torn.</summary>
    public static OutputSpool Open(string folder, long limitBytes = DefaultLimitBytes)
    {
        PrivateFolder.Make(folder);
        var spool = new OutputSpool(folder, limitBytes, SpoolFullAction.Hold, SpoolSegment.OpenAll(folder));
        if (spool.segments.Count == 0)
            spool.segments.Add(SpoolSegment.Create(folder, 1));
        spool.Recover();
        return spool;
    }

    public void Output(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            // A target that was let go may print after its debugger's end.
            while (bytes.Length > 0 && !HasEnded && !isDisposed)
            {
                var kept = TryKeep(bytes);
                if (kept == 0)
                    LeaveOut(bytes.Length);
                bytes = bytes[(kept == 0 ? bytes.Length : kept)..];
            }
            Announce();
            WaitForRoom();
        }
    }

    public void Report(AgentChunk report)
    {
        lock (gate)
        {
            if (HasEnded || isDisposed)
                return;
            var isLast = report.Kind == AgentChunkKind.RunExited;
            try
            {
                Seal(keepIncomplete: !isLast);
                CloseGap();
                WriteReport(report);
                HasEnded = isLast;
            }
            catch (IOException) when (isLettingGo)
            {
                // The disk is full and the debugger is going. The next start finds no end and reports one.
                Moved(isFull: true, SpoolFullAction.Hold);
            }
            Announce();
        }
    }

    /// <summary>From now on output beyond the limit is counted and left out instead of waiting: the debugger is being ended.</summary>
    public void LetGo()
    {
        lock (gate)
        {
            isLettingGo = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Chunk <paramref name="number"/>, as soon as there is one; output that has no number yet gets it now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It was trimmed.</exception>
    public async ValueTask<AgentChunk> ReadAsync(long number, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(isDisposed, this);
                if (number <= LastNumber || (number == LastNumber + 1 && Seal(keepIncomplete: true)))
                    return Read(number);
                wait = arrived.Task;
            }
            await wait.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Whether output, or the count of output that was left out, came after chunk <paramref name="number"/>.</summary>
    public bool HasOutputAfter(long number)
    {
        lock (gate)
        {
            if (pending.Count > 0 || leftOut > 0)
                return true;
            for (var next = Math.Max(number + 1, segments[0].FirstNumber); next <= LastNumber; next++)
            {
                if (Read(next).Kind is AgentChunkKind.Output or AgentChunkKind.Gap)
                    return true;
            }
            return false;
        }
    }

    /// <summary>Everything up to <paramref name="durable"/> is kept elsewhere: whole segments of it are deleted.</summary>
    public void Trim(long durable)
    {
        lock (gate)
        {
            while (segments.Count > 1 && segments[0].LastNumber <= durable && segments[1].FirstNumber <= durable + 1)
            {
                bytesOnDisk -= segments[0].Length;
                segments[0].Delete();
                segments.RemoveAt(0);
                Monitor.PulseAll(gate);
            }
            Moved(isFull: isWaiting, SpoolFullAction.Hold);
        }
    }

    /// <summary>
    /// The server has chunks up to <paramref name="number"/>: new ones get numbers after it. Only needed when the computer (not
    /// the agent) crashed after sending something that the disk did not keep.
    /// </summary>
    public void ContinueAfter(long number)
    {
        lock (gate)
        {
            if (number <= LastNumber)
                return;
            LastNumber = number;
            StartSegment();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (isDisposed)
                return;
            isDisposed = isLettingGo = true;
            Monitor.PulseAll(gate);
            Announce();
            foreach (var segment in segments)
                segment.Dispose();
        }
    }

    /// <summary>Gives the pending output a number, in one write; false when there is none that can go.</summary>
    /// <param name="keepIncomplete">A code point of which only a part came waits for the rest, unless nothing can follow.</param>
    private bool Seal(bool keepIncomplete)
    {
        var kept = keepIncomplete && leftOut == 0 ? Utf8Tail.IncompleteLength(CollectionsMarshal.AsSpan(pending)) : 0;
        if (pending.Count == kept)
            return false;
        var seal = SpoolRecord.Seal(LastNumber + 1, kept);
        Write(kept == 0 ? seal : [.. seal, .. SpoolRecord.Data(CollectionsMarshal.AsSpan(pending)[^kept..])]);
        segments[^1].LastNumber = ++LastNumber;
        pending.RemoveRange(0, pending.Count - kept);
        if (segments[^1].Length >= segmentBytes && kept == 0)
            StartSegment();
        return true;
    }

    private void WriteReport(AgentChunk report)
    {
        Write(SpoolRecord.Report(report with { Number = LastNumber + 1 }));
        segments[^1].LastNumber = ++LastNumber;
    }

    private void StartSegment()
    {
        try
        {
            segments.Add(SpoolSegment.Create(folder, LastNumber + 1));
        }
        catch (IOException)
        {
            // No room for another file: the present one goes on.
            return;
        }
        if (pending.Count > 0)
            Write(SpoolRecord.Data(CollectionsMarshal.AsSpan(pending)));
    }

    private AgentChunk Read(long number)
    {
        if (number < segments[0].FirstNumber)
            throw new ArgumentOutOfRangeException(nameof(number), number, $"Chunk {number} was durable and is not kept any more; the oldest is {segments[0].FirstNumber}.");
        var index = segments.FindLastIndex(segment => segment.FirstNumber <= number);
        if (reader is null || reader.Segment != segments[index] || reader.NextNumber > number)
            reader = new SpoolReader(segments[index]);
        while (number <= segments[index].LastNumber && reader.ReadNext() is { } chunk)
        {
            if (chunk.Number == number)
                return chunk;
        }
        // Numbers between two segments that neither has: the disk damaged a file.
        var missing = number == segments[index].LastNumber + 1 ? segments[index].Length - reader.Offset : 0;
        return new() { Number = number, Kind = AgentChunkKind.Gap, Bytes = missing, Text = "The agent's spool file is damaged here." };
    }

    private void Recover()
    {
        foreach (var segment in segments)
        {
            var scan = new SpoolReader(segment);
            while (scan.ReadNext() is { } chunk)
            {
                HasEnded = chunk.Kind == AgentChunkKind.RunExited;
                segment.LastNumber = chunk.Number;
            }
            LastNumber = segment.LastNumber;
            pending.Clear();
            pending.AddRange(scan.Unsealed);
            (leftOut, isLeftOutOnDisk) = (scan.LeftOut, scan.LeftOut > 0);
            if (segment == segments[^1])
            {
                bytesOnDisk -= segment.Length - scan.Offset;
                segment.Truncate(scan.Offset);
            }
        }
    }

    private void Announce()
    {
        var before = arrived;
        arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        before.SetResult();
    }
}
