using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>What one read gives back: entries from <paramref name="next"/> on, as many as fit, at least one.</summary>
internal sealed class EntryPage(long next, int maxBytes)
{
    private readonly List<SessionLogEntry> entries = [];
    private long bytes;

    public int MaxBytes => maxBytes;

    public long Next { get; private set; } = next;

    public int Count => entries.Count;

    public bool IsFull { get; private set; }

    /// <summary>Takes what belongs to the page from a row that holds <see cref="Next"/>.</summary>
    public void Add(SessionLogEntry[] row)
    {
        foreach (var entry in row.AsSpan((int)(Next - row[0].Sequence)))
        {
            bytes += entry.CostBytes;
            if (bytes > maxBytes && entries.Count > 0)
            {
                IsFull = true;
                return;
            }

            entries.Add(entry);
            Next++;
        }

        // Not even an entry without a body would fit.
        IsFull = bytes > maxBytes - SessionLogEntry.OverheadBytes;
    }

    public SessionLogEntry[] ToArray() => [.. entries];
}

/// <summary>The same from the end: entries up to <paramref name="last"/>, as many as fit, at least one.</summary>
internal sealed class BackwardsPage(long last, int maxBytes)
{
    private readonly List<SessionLogEntry> newestFirst = [];
    private long bytes;

    public int MaxBytes => maxBytes;

    public long Last { get; private set; } = last;

    public int Count => newestFirst.Count;

    public bool IsFull { get; private set; }

    /// <summary>Takes what belongs to the page from a row that holds <see cref="Last"/>.</summary>
    public void Add(SessionLogEntry[] row)
    {
        for (var i = (int)(Last - row[0].Sequence); i >= 0; i--)
        {
            bytes += row[i].CostBytes;
            if (bytes > maxBytes && newestFirst.Count > 0)
            {
                IsFull = true;
                return;
            }

            newestFirst.Add(row[i]);
            Last--;
        }

        IsFull = bytes > maxBytes - SessionLogEntry.OverheadBytes;
    }

    public SessionLogEntry[] ToArray()
    {
        newestFirst.Reverse();
        return [.. newestFirst];
    }
}
