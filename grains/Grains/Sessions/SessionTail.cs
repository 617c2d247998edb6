using System.Runtime.InteropServices;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// The newest entries of a session in memory: everything that is not durable yet, and before it durable ones up to a limit.
/// Invariant: entries are consecutive, and no page goes past an entry other than output that is not durable.
/// </summary>
internal sealed class SessionTail(long startAfter)
{
    /// <summary>Durable bytes kept, so that a reader a moment behind needs no table read; with what is not durable, the grain's bound.</summary>
    public const int DurableBytes = 2 * 1024 * 1024;

    /// <summary>Bytes accepted that are not durable; beyond it acceptance waits, so that a stalled storage costs bounded memory.</summary>
    public const int PendingBytesLimit = 4 * 1024 * 1024;

    /// <summary>Entries dropped from the front before the list is moved together: few enough to be cheap, rare enough not to matter.</summary>
    private const int DroppedBeforeCompaction = 4_096;

    private readonly List<Item> items = [];
    private int dropped;
    private long takenThrough = startAfter;
    private int durableBytes;

    /// <summary>The tail's first entry follows this sequence; earlier ones are in the log only.</summary>
    public long StartAfter { get; private set; } = startAfter;

    /// <summary>Everything at or below is in the log.</summary>
    public long DurableThrough { get; private set; } = startAfter;

    /// <summary>Sequence of the newest entry, durable or not.</summary>
    public long Last { get; private set; } = startAfter;

    public int PendingBytes { get; private set; }

    public bool HasPending => Last > DurableThrough;

    /// <summary>All that waits to be written is one gap.</summary>
    public bool PendingIsGap => Last == DurableThrough + 1 && items[^1].Entry.Kind is SessionLogEntryKind.Gap;

    /// <param name="position">How far the agent's chunks are in the log once this entry is.</param>
    public void Add(SessionLogEntry entry, RunPosition position)
    {
        if (entry.Sequence != Last + 1)
            throw new ArgumentException($"Entry {entry.Sequence} does not follow {Last}.", nameof(entry));
        items.Add(new Item(entry, position));
        PendingBytes += entry.CostBytes;
        Last = entry.Sequence;
    }

    /// <summary>
    /// Puts another entry in the place of the newest one, which nobody has seen: it is neither output nor on its way to the log. False
    /// when that is not so.
    /// </summary>
    public bool TryReplaceLast(SessionLogEntry entry, RunPosition position)
    {
        if (entry.Sequence != Last || Last <= takenThrough || items[^1].Entry.Kind is SessionLogEntryKind.Output)
            return false;
        PendingBytes += entry.CostBytes - items[^1].Entry.CostBytes;
        items[^1] = new Item(entry, position);
        return true;
    }

    /// <summary>
    /// The oldest entries that are not durable, as many as one write takes, and the position that goes with them. What a rule recorded
    /// (entries with no output between them) goes into one write: a crash must not leave half of it.
    /// </summary>
    public (SessionLogEntry[] Entries, RunPosition Position) TakePending(int maxBytes)
    {
        var pending = After(DurableThrough);
        var (count, bytes) = (0, 0);
        while (count < pending.Length && (count == 0 || bytes + pending[count].Entry.CostBytes <= maxBytes))
            bytes += pending[count++].Entry.CostBytes;
        count = WithoutPartOfARule(pending, count);
        takenThrough = DurableThrough + count;
        return (EntriesOf(pending[..count]), pending[count - 1].Position);
    }

    public void MarkDurable(long through)
    {
        foreach (var item in After(DurableThrough)[..(int)(through - DurableThrough)])
        {
            PendingBytes -= item.Entry.CostBytes;
            durableBytes += item.Entry.CostBytes;
        }
        DurableThrough = through;
        while (durableBytes > DurableBytes && StartAfter < DurableThrough)
        {
            durableBytes -= items[dropped].Entry.CostBytes;
            items[dropped++] = default;
            StartAfter++;
        }
        if (dropped >= DroppedBeforeCompaction)
        {
            items.RemoveRange(0, dropped);
            dropped = 0;
        }
    }

    /// <summary>Entries after <paramref name="after"/> that readers may see: at least one if there is one, then as many as fit.</summary>
    public SessionLogEntry[] Read(long after, int maxBytes)
    {
        if (after < StartAfter || after >= Last)
            return [];
        var candidates = After(after);
        var (count, bytes) = (0, 0);
        while (count < candidates.Length
            && MayBeSeen(candidates[count].Entry)
            && (count == 0 || bytes + candidates[count].Entry.CostBytes <= maxBytes))
            bytes += candidates[count++].Entry.CostBytes;
        return EntriesOf(candidates[..count]);
    }

    private static int WithoutPartOfARule(ReadOnlySpan<Item> pending, int count)
    {
        var whole = count;
        while (whole > 0 && whole < pending.Length && !IsOutput(pending[whole]) && !IsOutput(pending[whole - 1]))
            whole--;
        // More than one write takes, whatever is left for the next.
        return whole == 0 ? count : whole;
    }

    private static bool IsOutput(Item item) => item.Entry.Kind is SessionLogEntryKind.Output;

    private bool MayBeSeen(SessionLogEntry entry) =>
        entry.Sequence <= DurableThrough || entry.Kind is SessionLogEntryKind.Output;

    private ReadOnlySpan<Item> After(long sequence) =>
        CollectionsMarshal.AsSpan(items)[(dropped + (int)(sequence - StartAfter))..];

    private static SessionLogEntry[] EntriesOf(ReadOnlySpan<Item> items)
    {
        var entries = new SessionLogEntry[items.Length];
        for (var i = 0; i < items.Length; i++)
            entries[i] = items[i].Entry;
        return entries;
    }

    private readonly record struct Item(SessionLogEntry Entry, RunPosition Position);
}
