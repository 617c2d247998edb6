using OrleansKd.Contracts;

namespace OrleansKd.Silo.Relay;

/// <summary>
/// The newest entries of one session, shared by all viewers of this process: a viewer is an offset into it. Consecutive;
/// bounded by dropping the oldest. Not for concurrent use.
/// </summary>
internal sealed class RelayRing
{
    /// <summary>Bytes kept: several credit windows, so that a viewer who hiccups for a moment needs no table read.</summary>
    public const int LimitBytes = 4 * 1024 * 1024;

    /// <summary>What an entry costs beside its data.</summary>
    private const int EntryBytes = 200;

    private readonly List<TranscriptEntry> entries = [];
    private int dropped;
    private int bytes;

    /// <summary>The ring's first entry follows this sequence.</summary>
    public long StartAfter { get; private set; }

    public long Last { get; private set; }

    public static int CostOf(TranscriptEntry entry) => entry.Data.Length + EntryBytes + ((entry.Text?.Length ?? 0) * 2);

    /// <summary>Forgets everything and goes on after <paramref name="sequence"/>.</summary>
    public void RestartAfter(long sequence)
    {
        entries.Clear();
        (dropped, bytes) = (0, 0);
        StartAfter = Last = sequence;
    }

    public void Add(TranscriptEntry entry)
    {
        if (entry.Sequence != Last + 1)
            throw new ArgumentException($"Entry {entry.Sequence} does not follow {Last}.", nameof(entry));
        entries.Add(entry);
        Last = entry.Sequence;
        bytes += CostOf(entry);
        while (bytes > LimitBytes && StartAfter < Last)
        {
            bytes -= CostOf(entries[dropped]);
            entries[dropped++] = null!;
            StartAfter++;
        }
        if (dropped > entries.Count / 2 && dropped > 1024)
        {
            entries.RemoveRange(0, dropped);
            dropped = 0;
        }
    }

    /// <summary>Entries after <paramref name="after"/>, at or below <paramref name="through"/>: at least one if there is one, then as many as fit.</summary>
    public TranscriptEntry[] Read(long after, long through, int maxBytes)
    {
        if (after < StartAfter)
            throw new ArgumentOutOfRangeException(nameof(after), after, $"The ring begins after {StartAfter}.");
        // A reader may have seen more in another life of the session, or say so.
        if (after >= Last)
            return [];
        var first = dropped + (int)(after - StartAfter);
        var end = dropped + (int)(Math.Min(through, Last) - StartAfter);
        var (count, taken) = (0, 0);
        while (first + count < end && (count == 0 || taken + CostOf(entries[first + count]) <= maxBytes))
            taken += CostOf(entries[first + count++]);
        return count == 0 ? [] : [.. entries.GetRange(first, count)];
    }
}
