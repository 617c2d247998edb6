using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Silo.Sessions;

/// <summary>
/// The durable entries of a session as people see them. Entries that are damaged in storage keep their sequences and say that they
/// can't be read, so that everybody gets past them and nobody asks for them for ever.
/// </summary>
internal sealed class TranscriptLog(ISessionLog log)
{
    /// <summary>Unreadable entries of one page: a row may hold thousands, and a page has a limit.</summary>
    private const int UnreadablePerPage = 500;

    /// <inheritdoc cref="ISessionLog.Read"/>
    public async Task<TranscriptEntry[]> Read(SessionId session, long after, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            var entries = await log.Read(session, after, maxBytes, cancellationToken);
            return [.. entries.Select(TranscriptMapping.ToWire)];
        }
        catch (SessionLogCorruptException damage)
        {
            return Unreadable(after + 1, damage.LastSequence);
        }
    }

    /// <inheritdoc cref="ISessionLog.ReadBackwards"/>
    public async Task<TranscriptEntry[]> ReadBackwards(SessionId session, long before, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            var entries = await log.ReadBackwards(session, before, maxBytes, cancellationToken);
            return [.. entries.Select(TranscriptMapping.ToWire)];
        }
        catch (SessionLogCorruptException damage)
        {
            // Its last entry is the one that was asked for.
            return Unreadable(Math.Max(damage.FirstSequence, damage.LastSequence - UnreadablePerPage + 1), damage.LastSequence);
        }
    }

    private static TranscriptEntry[] Unreadable(long first, long last)
    {
        var count = (int)Math.Clamp(last - first + 1, 1, UnreadablePerPage);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new TranscriptEntry
            {
                Sequence = first + i,
                // Nobody knows any more.
                At = DateTimeOffset.UnixEpoch,
                Kind = TranscriptEntryKind.TranscriptDamaged,
                Text = i == 0 ? $"Entries {first} to {last} of this transcript are damaged in storage and can't be read" : null,
            }),
        ];
    }
}
