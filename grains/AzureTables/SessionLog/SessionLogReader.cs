using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Reads entries by sequence, in both directions. What it meets is checked: rows must follow each other without a hole and pass
/// their checksum. A hole is looked at twice before it is called damage, because rows may be added while a query runs; damage
/// is told once to whoever asks for exactly that place, and everything around it can be read: how far it goes, only rows that pass their
/// checksum say, as what a damaged one says of itself may be what is damaged. When the head names another
/// generation than the one that was read, compaction took the rows away, and the same place is looked for in the new one.
/// </summary>
internal sealed partial class SessionLogReader(SessionLogTable tables, TimeProvider time, ILogger<SessionLogReader> logger)
{
    /// <summary>Rows of a query when nothing is known about their size: an append of a busy session.</summary>
    private const int AssumedRowBytes = 16 * 1024;

    /// <summary>Small rows are fetched by so many at once; the service answers up to 1,000 and 4 MB.</summary>
    private const int MaxRowsOfQuery = 256;

    private const string Missing = "the row is missing";

    private readonly RowHints hints = new();
    private readonly DecodedRows decoded = new(time);
    private readonly TableClient table = tables.Reads;

    public async Task<SessionLogEntry[]> Read(SessionId session, long after, int maxBytes, CancellationToken cancellationToken)
    {
        var page = new EntryPage(Math.Max(after, 0) + 1, maxBytes);
        var head = default(HeadRow);
        var start = hints.Find(session, page.Next);
        for (var seenHole = false; ;)
        {
            if (start is null)
            {
                head ??= await ReadHead(session, cancellationToken);
                if (head is null || page.Next > head.Head.LastSequence)
                {
                    return [];
                }

                start = await new RowSearch(table, hints, onlyIntact: seenHole).Find(session, page.Next, head, cancellationToken);
            }

            var damage = await ReadRows(session, start.Value, page, head, cancellationToken);
            if (page.Count > 0)
            {
                return page.ToArray();
            }

            // Nothing there: the end of the log, a compaction, or a hole.
            head = await ReadHead(session, cancellationToken);
            if (head is null || page.Next > head.Head.LastSequence)
            {
                return [];
            }

            if (head.Generation != start.Value.Generation)
            {
                hints.Forget(session);
                (start, seenHole) = (null, false);
            }
            else if (seenHole)
            {
                var last = damage?.LastSequence ?? head.Head.LastSequence;
                throw Corrupt(session, new RowSpan(start.Value, page.Next, last), damage?.What ?? Missing);
            }
            else
            {
                (start, seenHole) = (null, true);
            }
        }
    }

    public async Task<SessionLogEntry[]> ReadBackwards(SessionId session, long before, int maxBytes, CancellationToken cancellationToken)
    {
        var head = await ReadHead(session, cancellationToken);
        for (var seenHole = false; ;)
        {
            var last = Math.Min(before - 1, head?.Head.LastSequence ?? 0);
            if (head is null || last < 1)
            {
                return [];
            }

            var page = new BackwardsPage(last, maxBytes);
            var row = last == head.Head.LastSequence ? head.Last : await new RowSearch(table, hints, onlyIntact: seenHole).Find(session, last, head, cancellationToken);
            if (await ReadRowsBackwards(session, row, page, head, cancellationToken) is not { } damage || page.Count > 0)
            {
                return page.ToArray();
            }

            // Rows are never removed one by one, and never from the generation that is the log.
            var generation = head.Generation;
            head = await ReadHead(session, cancellationToken);
            if (head?.Generation != generation)
            {
                hints.Forget(session);
                seenHole = false;
            }
            else if (seenHole)
            {
                throw await Hole(session, damage, page.Last, cancellationToken);
            }
            else
            {
                seenHole = true;
            }
        }
    }

    public void Forget(SessionId session)
    {
        hints.Forget(session);
        decoded.Forget(session);
    }

    /// <summary>Fills the page from the row <paramref name="start"/> on.</summary>
    /// <returns>When the very first row is damaged or missing: what is known about it.</returns>
    private async Task<Damage?> ReadRows(SessionId session, RowId start, EntryPage page, HeadRow? head, CancellationToken cancellationToken)
    {
        var next = start;
        long? rowBytes = null;
        Damage? damage = null;
        while (decoded.Find(session, next) is { } known && known[0].Sequence <= page.Next && known[^1].Sequence >= page.Next)
        {
            rowBytes = known.Sum(entry => (long)entry.CostBytes);
            Take(next, known);
            if (page.IsFull)
            {
                return null;
            }

            next = next.Next;
        }

        await foreach (var entity in Query(session, next, next.KeyEnd, RowsOfQuery(rowBytes ?? head?.BytesOfRow, page.MaxBytes), cancellationToken))
        {
            // What is damaged behind entries is told to whoever reads on from them.
            if (Decode(entity, out var problem) is not { } entries)
            {
                damage ??= new Damage(next, problem);
            }
            else if (damage is null && entity.RowKey == next.Key && entries[0].Sequence <= page.Next && entries[^1].Sequence >= page.Next)
            {
                Take(next, entries);
                next = next.Next;
            }
            else
            {
                return (damage ?? new Damage(next, Missing)) with { LastSequence = Math.Max(page.Next, entries[0].Sequence - 1) };
            }

            if (page.IsFull || (damage is not null && page.Count > 0))
            {
                return null;
            }
        }

        return damage;

        void Take(RowId row, SessionLogEntry[] entries)
        {
            page.Add(entries);
            hints.Remember(session, new RowSpan(row, entries[0].Sequence, entries[^1].Sequence));
            KeepRest(session, row, entries, page.Next <= entries[^1].Sequence);
        }
    }

    /// <summary>Fills the page from the row <paramref name="row"/> back.</summary>
    /// <returns>The row that should hold the page's next entry and is damaged, or not there.</returns>
    private async Task<Damage?> ReadRowsBackwards(SessionId session, RowId row, BackwardsPage page, HeadRow head, CancellationToken cancellationToken)
    {
        while (row.Number >= 1 && !page.IsFull)
        {
            if (decoded.Find(session, row) is { } known)
            {
                Take(row, known);
                row = row with { Number = row.Number - 1 };
                continue;
            }

            var first = Math.Max(1, row.Number - RowsOfQuery(head.BytesOfRow, page.MaxBytes) + 1);
            List<TableEntity> rows = [];
            await foreach (var entity in Query(session, row with { Number = first }, row.Next.Key, (int)(row.Number - first + 1), cancellationToken))
            {
                rows.Add(entity);
            }

            for (var i = rows.Count - 1; row.Number >= first && !page.IsFull; row = row with { Number = row.Number - 1 }, i--)
            {
                if (i < 0 || rows[i].RowKey != row.Key)
                {
                    return new Damage(row, Missing);
                }

                if (Decode(rows[i], out var problem) is not { } entries)
                {
                    return new Damage(row, problem);
                }

                if (page.Last < entries[0].Sequence || page.Last > entries[^1].Sequence)
                {
                    return new Damage(row, Missing);
                }

                Take(row, entries);
            }
        }

        return null;

        void Take(RowId id, SessionLogEntry[] entries)
        {
            page.Add(entries);
            if (page.Last >= entries[0].Sequence)
            {
                hints.Remember(session, new RowSpan(id, entries[0].Sequence, entries[^1].Sequence));
                KeepRest(session, id, entries, true);
            }
        }
    }

    // A row that a page used up is not read again by who pages on.
    private void KeepRest(SessionId session, RowId row, SessionLogEntry[] entries, bool isLeft)
    {
        if (isLeft && decoded.Find(session, row) is null)
        {
            decoded.Keep(session, row, entries);
        }
    }

    private AsyncPageable<TableEntity> Query(SessionId session, RowId first, string end, int rows, CancellationToken cancellationToken)
    {
        var (partition, from) = (session.ToString(), first.Key);
        return table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {from} and RowKey lt {end}"), rows, cancellationToken: cancellationToken);
    }

    /// <summary>Null for a damaged row.</summary>
    private static SessionLogEntry[]? Decode(TableEntity row, out string problem)
    {
        problem = "";
        try
        {
            return LogRow.Entries(row);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>The entries up to <paramref name="last"/> that the damaged row, and damaged and missing rows before it, held.</summary>
    private async Task<Exception> Hole(SessionId session, Damage damage, long last, CancellationToken cancellationToken)
    {
        for (var end = damage.Row; end.Number > 1; end = end with { Number = Math.Max(1, end.Number - MaxRowsOfQuery) })
        {
            RowSpan? before = null;
            var first = end with { Number = Math.Max(1, end.Number - MaxRowsOfQuery) };
            await foreach (var entity in Query(session, first, end.Key, MaxRowsOfQuery, cancellationToken))
            {
                before = RowSearch.TryIntactSpan(entity) ?? before;
            }

            if (before is { } found)
            {
                return Corrupt(session, new RowSpan(damage.Row, found.LastSequence + 1, last), damage.What);
            }
        }

        return Corrupt(session, new RowSpan(damage.Row, 1, last), damage.What);
    }

    private Task<HeadRow?> ReadHead(SessionId session, CancellationToken cancellationToken) => HeadRow.Read(table, session, cancellationToken);

    // One row more than should do, so that a page rarely needs a second query.
    private static int RowsOfQuery(long? bytesOfRow, int maxBytes) =>
        (int)Math.Clamp(maxBytes / (bytesOfRow ?? AssumedRowBytes) + 1, 1, MaxRowsOfQuery);

    private SessionLogCorruptException Corrupt(SessionId session, RowSpan span, string what)
    {
        LogCorrupt(session, span.Number, span.FirstSequence, span.LastSequence, what);
        return new SessionLogCorruptException(session, span.Number, span.FirstSequence, span.LastSequence, what);
    }

    /// <param name="LastSequence">The last entry that it held, where a row behind it tells.</param>
    private readonly record struct Damage(RowId Row, string What, long? LastSequence = null);

    [LoggerMessage(Level = LogLevel.Error, Message = "Row {Row} of session {Session}'s log, entries {First} to {Last}, can't be read: {What}")]
    private partial void LogCorrupt(SessionId session, long row, long first, long last, string what);
}
