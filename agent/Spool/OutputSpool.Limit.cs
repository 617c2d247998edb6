using OrleansKd.Contracts;

namespace OrleansKd.Agent.Spool;

/// <summary>The spool at its limit, or on a full disk: the debugger is held, or output is left out and counted, as the host wants it.</summary>
internal sealed partial class OutputSpool
{
    /// <summary>How often a disk that refused a write is tried again.</summary>
    private static readonly TimeSpan DiskRetry = TimeSpan.FromSeconds(1);

    private readonly SpoolFullAction whenFull;
    private readonly SpoolLevel level;
    private TaskCompletionSource stateChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Bytes left out since the last chunk, and whether a record on disk says so: it is the last one then.
    private long leftOut;
    private bool isLeftOutOnDisk;

    // A write that fails now means that output is left out. Never set while the gate is let go.
    private bool mayLeaveOut;
    private bool isWaiting;

    /// <summary>Called at each change of the state, for the log; must not wait.</summary>
    public Action<SpoolState>? StateChanged { get; set; }

    public long LimitBytes => limitBytes;

    /// <summary>How full it is, and a task that completes when that changes.</summary>
    public (SpoolState State, long Bytes, Task Changed) Status
    {
        get
        {
            lock (gate)
                return (level.State, bytesOnDisk, stateChanged.Task);
        }
    }

    /// <summary>What to do at the limit now.</summary>
    private SpoolFullAction Action => isLettingGo ? SpoolFullAction.Gap : whenFull;

    /// <summary>
    /// At the limit the debugger is held: it waits in its own write, with everything intact. What was read from it is kept before, so that
    /// the agent's end does not lose it: the limit may be passed by one block.
    /// </summary>
    private void WaitForRoom()
    {
        while (bytesOnDisk >= limitBytes && Action is SpoolFullAction.Hold && !isDisposed)
            Wait(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keeps the first bytes, at most a chunk, and answers how many; 0 when they have to be left out.</summary>
    private int TryKeep(ReadOnlySpan<byte> bytes)
    {
        if (Action is SpoolFullAction.Gap && !(leftOut > 0 ? level.HasRoomAgain(bytesOnDisk) : bytesOnDisk + Math.Min(bytes.Length, Limits.ChunkBytes) < limitBytes))
            return 0;
        var kept = 0;
        mayLeaveOut = Action is SpoolFullAction.Gap;
        try
        {
            if (leftOut > 0 || pending.Count == Limits.ChunkBytes)
                Seal(keepIncomplete: true);
            CloseGap();
            var piece = bytes[..Math.Min(bytes.Length, Limits.ChunkBytes - pending.Count)];
            Write(SpoolRecord.Data(piece));
            pending.AddRange(piece);
            kept = piece.Length;
            if (pending.Count == Limits.ChunkBytes)
                Seal(keepIncomplete: true);
        }
        catch (IOException) when (mayLeaveOut)
        {
            // Told by what was kept.
        }
        finally
        {
            mayLeaveOut = false;
        }
        return kept;
    }

    /// <summary>Counts output that is not kept. The count is on disk at once: it survives the agent.</summary>
    private void LeaveOut(long bytes)
    {
        leftOut += bytes;
        Moved(isFull: true, SpoolFullAction.Gap);
        mayLeaveOut = true;
        try
        {
            Seal(keepIncomplete: false);
            var record = SpoolRecord.LeftOut(leftOut);
            if (isLeftOutOnDisk)
                segments[^1].ReplaceLast(record);
            else
                Write(record);
            isLeftOutOnDisk = true;
        }
        catch (IOException)
        {
            // The disk is full: it is counted in memory until there is room.
        }
        finally
        {
            mayLeaveOut = false;
        }
    }

    /// <summary>Output that was left out becomes a chunk, in its place.</summary>
    private void CloseGap()
    {
        if (leftOut == 0)
            return;
        var reason = isLettingGo ? "the agent's spool was full while the debugger was ended" : "the agent's spool was full";
        WriteReport(new() { Number = 0, Kind = AgentChunkKind.Gap, Bytes = leftOut, Text = reason });
        (leftOut, isLeftOutOnDisk) = (0, false);
    }

    /// <summary>A full disk holds the debugger like a full spool; a failed write is overwritten by the next one.</summary>
    /// <exception cref="IOException">The disk does not take it, and output may be left out.</exception>
    private void Write(byte[] record)
    {
        while (true)
        {
            try
            {
                segments[^1].Append(record);
                bytesOnDisk += record.Length;
                Moved(isFull: leftOut > 0, SpoolFullAction.Gap);
                return;
            }
            catch (IOException) when (!mayLeaveOut && !isLettingGo)
            {
                Wait(DiskRetry);
            }
        }
    }

    /// <summary>The debugger is held until something changed or the time is up.</summary>
    private void Wait(TimeSpan time)
    {
        isWaiting = true;
        Moved(isFull: true, SpoolFullAction.Hold);
        Monitor.Wait(gate, time);
        isWaiting = false;
        if (time == Timeout.InfiniteTimeSpan)
            Moved(isFull: false, SpoolFullAction.Hold);
    }

    private void Moved(bool isFull, SpoolFullAction action)
    {
        if (!level.Moved(bytesOnDisk, isFull, action))
            return;
        StateChanged?.Invoke(level.State);
        var before = stateChanged;
        stateChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        before.SetResult();
    }
}
