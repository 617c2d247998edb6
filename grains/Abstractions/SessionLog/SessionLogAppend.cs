namespace OrleansKd.Grains.Abstractions.SessionLog;

/// <summary>What every implementation of <see cref="ISessionLogWriter.Append"/> asks of its arguments, and what becomes of the head.</summary>
public static class SessionLogAppend
{
    /// <summary>The head after <paramref name="entries"/> were appended to a log that ends with <paramref name="head"/>.</summary>
    /// <exception cref="ArgumentException">Nothing to append, too much, or sequences that don't go on where the head ends.</exception>
    public static SessionLogHead Apply(SessionLogHead head, IReadOnlyList<SessionLogEntry> entries, RunPosition run)
    {
        if (entries.Count == 0)
        {
            throw new ArgumentException("An append needs at least one entry.", nameof(entries));
        }

        long bytes = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var expected = head.LastSequence + 1 + i;
            if (entries[i].Sequence != expected)
            {
                throw new ArgumentException($"Entry {i} has sequence {entries[i].Sequence}; the log goes on with {expected}.", nameof(entries));
            }

            bytes += entries[i].CostBytes;
        }

        if (bytes > SessionLogLimits.AppendBytes)
        {
            throw new ArgumentException($"{entries.Count} entries cost {bytes} bytes; one append takes {SessionLogLimits.AppendBytes}. Split them.", nameof(entries));
        }

        return head with { LastSequence = head.LastSequence + entries.Count, Run = run, Bytes = head.Bytes + bytes };
    }
}
