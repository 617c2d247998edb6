using OrleansKd.Contracts;

namespace OrleansKd.Agent.Spool;

/// <summary>
/// The record of one run on this computer's disk. Invariants: what <see cref="Output"/> and <see cref="Report"/> took is with
/// the operating system when they return; chunks are numbered without holes and a number, once read, keeps its content for
/// ever, also across a crash; concatenated output chunks are exactly the bytes that came in.
/// </summary>
/// <remarks>
/// Output gets its number late: a chunk is sealed when it is full, when a report follows, or when its reader asks. So the first
/// bytes go at once, and what comes while the reader is busy goes together. Files are append-only; see <see cref="SpoolRecord"/>.
/// </remarks>
internal sealed class OutputSpool : IRunRecord, IDisposable
{
    /// <summary>Bytes on disk for one run: hours of a flood, and a small part of a disk.</summary>
    public const long DefaultLimitBytes = 2L * 1024 * 1024 * 1024;

    /// <summary>What is durable is dropped in pieces of this size.</summary>
    private const long MaxSegmentBytes = 4 * 1024 * 1024;

    /// <summary>The smallest part of the limit that one segment may be, so that trimming always makes room.</summary>
    private const int SegmentsAtLimit = 8;

    /// <summary>How often a disk that refused a write is tried again.</summary>
    private static readonly TimeSpan DiskRetry = TimeSpan.FromSeconds(1);

    private readonly object gate = new();
    private readonly string folder;
    private readonly long limitBytes;
    private readonly long segmentBytes;
    private readonly List<SpoolSegment> segments;
    private readonly List<byte> pending = new(Limits.ChunkBytes);
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SpoolReader? reader;
    private long bytesOnDisk;
    private long leftOut;
    private bool isLettingGo;
    private bool isDisposed;

    private OutputSpool(string folder, long limitBytes, List<SpoolSegment> segments)
    {
        (this.folder, this.limitBytes, this.segments) = (folder, limitBytes, segments);
        segmentBytes = Math.Min(MaxSegmentBytes, limitBytes / SegmentsAtLimit);
        bytesOnDisk = segments.Sum(segment => segment.Length);
    }

    /// <summary>Called (with true) when output has to wait because the limit is reached, and (false) when it goes on.</summary>
    public Action<bool>? HoldingChanged { get; set; }

    /// <summary>Number of the newest chunk that has a number; 0 when there is none.</summary>
    public long LastNumber { get; private set; }

    /// <summary>Number of the oldest chunk that is still kept.</summary>
    public long FirstNumber { get { lock (gate) return segments[0].FirstNumber; } }

    /// <summary>The last chunk is <see cref="AgentChunkKind.RunExited"/>: nothing follows.</summary>
    public bool HasEnded { get; private set; }

    public static OutputSpool Create(string folder, long limitBytes = DefaultLimitBytes)
    {
        PrivateFolder.Make(folder);
        return new(folder, limitBytes, [SpoolSegment.Create(folder, 1)]);
    }

    /// <summary>Opens what a run left behind, without the record that a crash may have torn.</summary>
    public static OutputSpool Open(string folder, long limitBytes = DefaultLimitBytes)
    {
        PrivateFolder.Make(folder);
        var spool = new OutputSpool(folder, limitBytes, SpoolSegment.OpenAll(folder));
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
                var piece = bytes[..Math.Min(bytes.Length, Limits.ChunkBytes - pending.Count)];
                if (!WaitForRoom(piece.Length) || !TryAppend(piece))
                {
                    leftOut += bytes.Length;
                    return;
                }
                bytes = bytes[piece.Length..];
            }
            Announce();
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
                if (isLast && leftOut > 0)
                    WriteReport(new() { Number = 0, Kind = AgentChunkKind.Gap, Bytes = leftOut, Text = "The agent's spool was full while the debugger was ended." });
                WriteReport(report);
                HasEnded = isLast;
            }
            catch (IOException) when (isLettingGo)
            {
                // The disk is full and the debugger is going. The next start finds no end and reports one.
                HoldingChanged?.Invoke(true);
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

    private bool WaitForRoom(int bytes)
    {
        var needed = bytes + SpoolRecord.HeaderBytes + 1;
        if (bytesOnDisk + needed <= limitBytes && !isDisposed)
            return true;
        // At the limit the debugger is held: it waits in its own write, with everything intact.
        HoldingChanged?.Invoke(true);
        while (bytesOnDisk + needed > limitBytes && !isLettingGo)
            Monitor.Wait(gate);
        HoldingChanged?.Invoke(false);
        return !isLettingGo;
    }

    /// <summary>False when the disk does not take it and the debugger is being ended.</summary>
    private bool TryAppend(ReadOnlySpan<byte> piece)
    {
        try
        {
            Write(SpoolRecord.Data(piece));
            pending.AddRange(piece);
            if (pending.Count == Limits.ChunkBytes)
                Seal(keepIncomplete: true);
            return true;
        }
        catch (IOException) when (isLettingGo)
        {
            return false;
        }
    }

    /// <summary>Gives the pending output a number; false when there is none that can go.</summary>
    private bool Seal(bool keepIncomplete)
    {
        var kept = keepIncomplete ? Utf8Tail.IncompleteLength(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pending)) : 0;
        if (pending.Count == kept)
            return false;
        Write(SpoolRecord.Seal(LastNumber + 1, kept));
        segments[^1].LastNumber = ++LastNumber;
        pending.RemoveRange(0, pending.Count - kept);
        if (segments[^1].Length >= segmentBytes)
            StartSegment();
        else if (kept > 0)
            Write(SpoolRecord.Data(pending.ToArray()));
        return true;
    }

    private void WriteReport(AgentChunk report)
    {
        Write(SpoolRecord.Report(report with { Number = LastNumber + 1 }));
        segments[^1].LastNumber = ++LastNumber;
    }

    private void StartSegment()
    {
        segments.Add(SpoolSegment.Create(folder, LastNumber + 1));
        if (pending.Count > 0)
            Write(SpoolRecord.Data(pending.ToArray()));
    }

    private void Write(byte[] record)
    {
        while (true)
        {
            try
            {
                segments[^1].Append(record);
                bytesOnDisk += record.Length;
                return;
            }
            catch (IOException) when (!isLettingGo)
            {
                // A full disk holds the debugger like a full spool; a failed write is overwritten by the next one.
                HoldingChanged?.Invoke(true);
                Monitor.Wait(gate, DiskRetry);
                HoldingChanged?.Invoke(false);
            }
        }
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
