using Microsoft.Extensions.Logging;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Compaction, in steps that each leave a whole log (see <see cref="HeadRow"/>): copy entries into large rows of the next
/// generation, one row and the head in a transaction; when everything is there, one replacement of the head makes that
/// generation the log; then delete the rows of earlier ones. Holds one row's entries at a time.
/// </summary>
internal sealed partial class AzureTableSessionLogWriter
{
    private int compacting;

    public async Task Compact(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref compacting, 1) != 0)
        {
            throw new InvalidOperationException($"A compaction of session {session}'s log is under way: a writer does one at a time.");
        }

        try
        {
            // What a compaction before this one did not get to.
            await DeleteEarlierGenerations(cancellationToken);
            if (head.MergedRows > 0 || IsWorthwhile(head))
            {
                var rows = head.LastRow;
                await Merge(cancellationToken);
                LogCompacted(session, rows, head.LastRow);
                // Readers of this process go to the new rows at once; those of others find out when the old ones end.
                reader.Forget(session);
                await DeleteEarlierGenerations(cancellationToken);
            }
        }
        finally
        {
            Volatile.Write(ref compacting, 0);
        }
    }

    // Rows that are half full on average can't become half as many.
    private static bool IsWorthwhile(HeadRow head) => head.LastRow > 1 && head.BytesOfRow < SessionLogLimits.AppendBytes / 2;

    private async Task Merge(CancellationToken cancellationToken)
    {
        for (var isMerged = false; !isMerged;)
        {
            var page = head.MergedThrough < head.Head.LastSequence
                ? await reader.Read(session, head.MergedThrough, SessionLogLimits.AppendBytes, cancellationToken)
                : [];
            if (page.Length == 0 && head.MergedThrough < head.Head.LastSequence)
            {
                throw new SessionLogFencedException(session, head.Head.Epoch);
            }

            await Change(now =>
            {
                // Appends may have come since the page was read, so the last step is decided here.
                isMerged = now.MergedThrough == now.Head.LastSequence;
                if (isMerged)
                {
                    return (null, now with { Generation = now.Generation + 1, LastRow = now.MergedRows, MergedRows = 0, MergedThrough = 0 });
                }

                if (page.Length == 0)
                {
                    return (null, now);
                }

                var next = now with { MergedRows = now.MergedRows + 1, MergedThrough = page[^1].Sequence };
                return (LogRow.ToEntity(session, new RowId(now.Generation + 1, next.MergedRows), now.Head.Epoch, page), next);
            }, cancellationToken, CancellationToken.None);
        }
    }

    private async Task DeleteEarlierGenerations(CancellationToken cancellationToken)
    {
        if (head.Generation == 0)
        {
            return;
        }

        var first = new RowId(0, 0);
        await tables.DeleteRows(session, first.Key, first.KeyEnd, cancellationToken);
        await tables.DeleteRows(session, new RowId(1, 0).Key, new RowId(head.Generation, 0).Key, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Compacted session {Session}'s log: {Before} rows became {After}")]
    private partial void LogCompacted(SessionId session, long before, long after);
}
