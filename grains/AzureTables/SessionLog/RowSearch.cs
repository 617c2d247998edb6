using Azure.Data.Tables;
using OrleansKd.AzureTables.Tables;
using OrleansKd.Contracts;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Finds the row of a sequence. Row numbers are dense and sequences grow with them, so halving finds a row among a million with 20
/// small reads; missing rows (damage) are stepped over.
/// </summary>
/// <param name="onlyIntact">
/// Reads whole rows and believes only those that pass their checksum: for the second look, when the first one was led to a place that
/// does not hold what it should.
/// </param>
internal sealed class RowSearch(TableClient table, RowHints hints, bool onlyIntact = false)
{
    /// <summary>The row that holds the sequence or, if that row is missing, the number where it should be.</summary>
    public async Task<RowId> Find(SessionId session, long sequence, HeadRow head, CancellationToken cancellationToken)
    {
        var generation = head.Generation;
        if (hints.Find(session, sequence) is { } known && known.Generation == generation)
        {
            return known;
        }

        // Every row up to `below` ends before the sequence; every row from `above` ends at it or after.
        var (below, above) = hints.Around(session, generation, sequence);
        above = Math.Min(above, head.LastRow + 1);
        while (above - below > 1)
        {
            var middle = below + (above - below) / 2;
            var probe = await FirstFrom(session, new RowId(generation, middle), above, cancellationToken);
            if (probe is { } row && row.Contains(sequence))
            {
                return row.Row;
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

        return new RowId(generation, below + 1);
    }

    /// <summary>The first row that exists and whose span can be read, of one generation, in <c>[first, end)</c>.</summary>
    private async Task<RowSpan?> FirstFrom(SessionId session, RowId first, long end, CancellationToken cancellationToken)
    {
        var properties = onlyIntact ? null : LogRow.SpanProperties;
        if (await table.Find(session.ToString(), first.Key, cancellationToken, properties) is { } row && SpanOf(row) is { } span)
        {
            return span;
        }

        var partition = session.ToString();
        var endKey = (first with { Number = end }).Key;
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {first.Key} and RowKey lt {endKey}");
        await foreach (var later in table.QueryAsync<TableEntity>(filter, maxPerPage: 1, properties, cancellationToken))
        {
            if (SpanOf(later) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private RowSpan? SpanOf(TableEntity row) => onlyIntact ? TryIntactSpan(row) : TrySpan(row);

    /// <summary>Null for a damaged row: its sequences may be what is damaged.</summary>
    public static RowSpan? TryIntactSpan(TableEntity row)
    {
        try
        {
            LogRow.Entries(row);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            return null;
        }
        catch (NotSupportedException)
        {
            // A newer program's; its checksum was right.
        }

        return LogRow.Span(row);
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
