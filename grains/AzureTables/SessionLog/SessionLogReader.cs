using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Reads entries by sequence, in both directions. What it meets is checked: rows must follow each other without a hole and pass
/// their checksum. A hole is looked at twice before it is called damage, because rows may be added while a query runs; damage
/// is told once to whoever asks for exactly that place, and everything around it can be read. When the head names another
/// generation than the one that was read, compaction took the rows away, and the same place is looked for in the new one.
/// </summary>
internal sealed partial class SessionLogReader(SessionLogTable tables, TimeProvider time, ILogger<SessionLogReader> logger)
{
    /// <summary>Rows of a query when nothing is known about their size: an append of a busy session.</summary>
    private const int AssumedRowBytes = 16 * 1024;

    /// <summary>Small rows are fetched by so many at once; the service answers up to 1,000 and 4 MB.</summary>
    private const int MaxRowsOfQuery = 256;

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

                start = await new RowSearch(table, hints).Find(session, page.Next, head, cancellationToken);
            }

            var hole = await ReadRows(session, start.Value, page, head, cancellationToken);
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
                throw Corrupt(session, hole ?? new RowSpan(start.Value, page.Next, head.Head.LastSequence), "the row is missing");
            }
            else
            {
                seenHole = true;
            }
        }
    }

    public async Task<SessionLogEntry[]> ReadBackwards(SessionId session, long before, int maxBytes, CancellationToken cancellationToken)
    {
        var head = await ReadHead(session, cancellationToken);
        while (true)
        {
            var last = Math.Min(before - 1, head?.Head.LastSequence ?? 0);
            if (head is null || last < 1)
            {
                return [];
            }

            var page = new BackwardsPage(last, maxBytes);
            var row = last == head.Head.LastSequence ? head.Last : await new RowSearch(table, hints).Find(session, last, head, cancellationToken);
            if (await ReadRowsBackwards(session, row, page, head, cancellationToken) is not { } hole || page.Count > 0)
            {
                return page.ToArray();
            }

            // Rows are never removed one by one, and never from the generation that is the log.
            var generation = head.Generation;
            head = await ReadHead(session, cancellationToken);
            if (head?.Generation == generation)
            {
                throw await Hole(session, hole, page.Last, cancellationToken);
            }

            hints.Forget(session);
        }
    }

    public void Forget(SessionId session)
    {
        hints.Forget(session);
        decoded.Forget(session);
    }

    /// <summary>Fills the page from the row <paramref name="start"/> on.</summary>
    /// <returns>When the very first row is missing: the hole, if the row after it is there.</returns>
    private async Task<RowSpan?> ReadRows(SessionId session, RowId start, EntryPage page, HeadRow? head, CancellationToken cancellationToken)
    {
        var next = start;
        long? rowBytes = null;
        while (decoded.Find(session, next) is { } known && known[^1].Sequence >= page.Next)
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
            if (RowSearch.TrySpan(entity) is not { } span)
            {
                continue;
            }

            if (span.Row != next || !span.Contains(page.Next))
            {
                return new RowSpan(next, page.Next, Math.Max(page.Next, span.FirstSequence - 1));
            }

            if (Decode(session, entity, span with { FirstSequence = page.Next }, page.Count > 0) is not { } entries)
            {
                return null;
            }

            Take(next, entries);
            if (page.IsFull)
            {
                return null;
            }

            next = next.Next;
        }

        return null;

        void Take(RowId row, SessionLogEntry[] entries)
        {
            page.Add(entries);
            hints.Remember(session, new RowSpan(row, entries[0].Sequence, entries[^1].Sequence));
            KeepRest(session, row, entries, page.Next <= entries[^1].Sequence);
        }
    }

    /// <summary>Fills the page from the row <paramref name="row"/> back.</summary>
    /// <returns>The row that should hold the page's next entry and is not there.</returns>
    private async Task<RowId?> ReadRowsBackwards(SessionId session, RowId row, BackwardsPage page, HeadRow head, CancellationToken cancellationToken)
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
                var span = i >= 0 ? RowSearch.TrySpan(rows[i]) : null;
                if (span?.Row != row || !span.Value.Contains(page.Last))
                {
                    return row;
                }

                if (Decode(session, rows[i], span.Value, page.Count > 0) is not { } entries)
                {
                    return null;
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

    /// <summary>Null for a damaged row when there is something to give before it; the read that begins with it throws.</summary>
    private SessionLogEntry[]? Decode(SessionId session, TableEntity row, RowSpan span, bool pageHasEntries)
    {
        try
        {
            return LogRow.Entries(row);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            return pageHasEntries ? null : throw Corrupt(session, span, e.Message);
        }
    }

    /// <summary>The entries up to <paramref name="last"/> that the missing row, and missing rows before it, held.</summary>
    private async Task<Exception> Hole(SessionId session, RowId row, long last, CancellationToken cancellationToken)
    {
        for (var end = row; end.Number > 1; end = end with { Number = Math.Max(1, end.Number - MaxRowsOfQuery) })
        {
            RowSpan? before = null;
            var first = end with { Number = Math.Max(1, end.Number - MaxRowsOfQuery) };
            await foreach (var entity in Query(session, first, end.Key, MaxRowsOfQuery, cancellationToken))
            {
                before = RowSearch.TrySpan(entity) ?? before;
            }

            if (before is { } found)
            {
                return Corrupt(session, new RowSpan(row, found.LastSequence + 1, last), "the row is missing");
            }
        }

        return Corrupt(session, new RowSpan(row, 1, last), "the row is missing");
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Row {Row} of session {Session}'s log, entries {First} to {Last}, can't be read: {What}")]
    private partial void LogCorrupt(SessionId session, long row, long first, long last, string what);
}
