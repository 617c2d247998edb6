using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Reads entries by sequence, in both directions. What it meets is checked: rows must follow each other without a hole and pass
/// their checksum. A hole is looked at twice before it is called damage, because rows may be added while a query runs; damage
/// is told once to whoever asks for exactly that place, and everything around it can be read.
/// </summary>
internal sealed partial class SessionLogReader(SessionLogTable tables, ILogger<SessionLogReader> logger)
{
    /// <summary>Rows of a query when nothing is known about their size: an append of a busy session.</summary>
    private const int AssumedRowBytes = 16 * 1024;

    /// <summary>Small rows are fetched by so many at once; the service answers up to 1,000 and 4 MB.</summary>
    private const int MaxRowsOfQuery = 256;

    private readonly RowHints hints = new();
    private readonly TableClient table = tables.Reads;

    public async Task<SessionLogEntry[]> Read(SessionId session, long after, int maxBytes, CancellationToken cancellationToken)
    {
        var next = Math.Max(after, 0) + 1;
        var head = default(HeadRow);
        if (hints.Find(session, next) is not { } start)
        {
            head = await ReadHead(session, cancellationToken);
            if (head is null || next > head.Head.LastSequence)
            {
                return [];
            }

            start = await new RowSearch(table, hints).Find(session, next, head.LastRow, cancellationToken);
        }

        var page = new EntryPage(next, maxBytes);
        for (var seenHole = false; ; seenHole = true)
        {
            var end = await ReadRows(session, start, page, RowsOfQuery(head, maxBytes), cancellationToken);
            if (page.Count > 0)
            {
                return page.ToArray();
            }

            // Nothing there: the end of the log, or a hole.
            head = await ReadHead(session, cancellationToken);
            if (head is null || next > head.Head.LastSequence)
            {
                return [];
            }

            if (seenHole)
            {
                throw Corrupt(session, end ?? new RowSpan(start, next, head.Head.LastSequence), "the row is missing");
            }
        }
    }

    public async Task<SessionLogEntry[]> ReadBackwards(SessionId session, long before, int maxBytes, CancellationToken cancellationToken)
    {
        var head = await ReadHead(session, cancellationToken);
        var last = Math.Min(before - 1, head?.Head.LastSequence ?? 0);
        if (head is null || last < 1)
        {
            return [];
        }

        var row = last == head.Head.LastSequence ? head.LastRow : await new RowSearch(table, hints).Find(session, last, head.LastRow, cancellationToken);
        var page = new BackwardsPage(last, maxBytes);
        // The head names the last row, so nothing can be missing below it: rows are never removed one by one.
        while (row >= 1 && !page.IsFull)
        {
            var first = Math.Max(1, row - RowsOfQuery(head, maxBytes) + 1);
            List<TableEntity> rows = [];
            await foreach (var entity in Query(session, first, LogRow.Key(row + 1), (int)(row - first + 1), cancellationToken))
            {
                rows.Add(entity);
            }

            for (var i = rows.Count - 1; row >= first && !page.IsFull; row--, i--)
            {
                var span = i >= 0 ? RowSearch.TrySpan(rows[i]) : null;
                if (span?.Number != row || !span.Value.Contains(page.Last))
                {
                    return page.Count > 0 || await ReadHead(session, cancellationToken) is null
                        ? page.ToArray()
                        : throw await Hole(session, row, page.Last, cancellationToken);
                }

                if (Decode(session, rows[i], span.Value, page.Count > 0) is not { } entries)
                {
                    return page.ToArray();
                }

                page.Add(entries);
            }
        }

        return page.ToArray();
    }

    public void Forget(SessionId session) => hints.Forget(session);

    /// <summary>Fills the page from the row <paramref name="start"/> on.</summary>
    /// <returns>When the very first row is missing: the hole, if the row after it is there.</returns>
    private async Task<RowSpan?> ReadRows(SessionId session, long start, EntryPage page, int rowsOfQuery, CancellationToken cancellationToken)
    {
        var number = start;
        await foreach (var entity in Query(session, start, LogRow.KeyEnd, rowsOfQuery, cancellationToken))
        {
            if (RowSearch.TrySpan(entity) is not { } span)
            {
                continue;
            }

            if (span.Number != number || !span.Contains(page.Next))
            {
                return new RowSpan(number, page.Next, Math.Max(page.Next, span.FirstSequence - 1));
            }

            if (Decode(session, entity, span with { FirstSequence = page.Next }, page.Count > 0) is not { } entries)
            {
                return null;
            }

            hints.Remember(session, span);
            page.Add(entries);
            number++;
            if (page.IsFull)
            {
                return null;
            }
        }

        return null;
    }

    private AsyncPageable<TableEntity> Query(SessionId session, long first, string end, int rows, CancellationToken cancellationToken)
    {
        var (partition, from) = (session.ToString(), LogRow.Key(first));
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
    private async Task<Exception> Hole(SessionId session, long row, long last, CancellationToken cancellationToken)
    {
        for (var end = row; end > 1; end = Math.Max(1, end - MaxRowsOfQuery))
        {
            RowSpan? before = null;
            await foreach (var entity in Query(session, Math.Max(1, end - MaxRowsOfQuery), LogRow.Key(end), MaxRowsOfQuery, cancellationToken))
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
    private static int RowsOfQuery(HeadRow? head, int maxBytes)
    {
        var rowBytes = head is { LastRow: > 0 } ? Math.Max(1, head.Head.Bytes / head.LastRow) : AssumedRowBytes;
        return (int)Math.Clamp(maxBytes / rowBytes + 1, 1, MaxRowsOfQuery);
    }

    private SessionLogCorruptException Corrupt(SessionId session, RowSpan span, string what)
    {
        LogCorrupt(session, span.Number, span.FirstSequence, span.LastSequence, what);
        return new SessionLogCorruptException(session, span.Number, span.FirstSequence, span.LastSequence, what);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Row {Row} of session {Session}'s log, entries {First} to {Last}, can't be read: {What}")]
    private partial void LogCorrupt(SessionId session, long row, long first, long last, string what);
}
