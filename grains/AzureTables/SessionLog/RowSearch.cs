using Azure.Data.Tables;
using OrleansKd.AzureTables.Tables;
using OrleansKd.Contracts;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Finds the row of a sequence. Row numbers are dense and sequences grow with them, so halving finds a row among a million with 20
/// small reads; missing rows (damage) are stepped over.
/// </summary>
internal sealed class RowSearch(TableClient table, RowHints hints)
{
    /// <summary>The row that holds the sequence or, if that row is missing, the number where it should be.</summary>
    public async Task<long> Find(SessionId session, long sequence, long lastRow, CancellationToken cancellationToken)
    {
        if (hints.Find(session, sequence) is { } known)
        {
            return known;
        }

        // Every row up to `below` ends before the sequence; every row from `above` ends at it or after.
        var (below, above) = hints.Around(session, sequence);
        above = Math.Min(above, lastRow + 1);
        while (above - below > 1)
        {
            var middle = below + (above - below) / 2;
            var probe = await FirstFrom(session, middle, above, cancellationToken);
            if (probe is { } row && row.Contains(sequence))
            {
                return row.Number;
            }

            if (probe is { } before && before.LastSequence < sequence)
            {
                below = before.Number;
            }
            else
            {
                above = middle;
            }
        }

        return below + 1;
    }

    /// <summary>The first row that exists and whose span can be read, in <c>[from, end)</c>.</summary>
    public async Task<RowSpan?> FirstFrom(SessionId session, long from, long end, CancellationToken cancellationToken)
    {
        if (await table.Find(session.ToString(), LogRow.Key(from), cancellationToken, LogRow.SpanProperties) is { } row && TrySpan(row) is { } span)
        {
            return span;
        }

        var partition = session.ToString();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {LogRow.Key(from)} and RowKey lt {LogRow.Key(end)}");
        await foreach (var later in table.QueryAsync<TableEntity>(filter, maxPerPage: 1, LogRow.SpanProperties, cancellationToken))
        {
            if (TrySpan(later) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Null for a row so damaged that it does not say what it holds.</summary>
    public static RowSpan? TrySpan(TableEntity row)
    {
        try
        {
            return LogRow.Span(row);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
