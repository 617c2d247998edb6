using System.Diagnostics.CodeAnalysis;
using System.Net;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using OrleansKd.AzureTables.Tables;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Appends rows under one epoch. Row n and the head that names it are written in one transaction, on the condition that the head is
/// the one this writer left; so a row can land once at most, and not at all after a take-over.
/// <para>
/// When an attempt fails in any way that leaves doubt, the head tells: this epoch and the new head there means that it landed; this
/// epoch and the old one that it did not, and the same transaction is sent again, unless somebody claimed the head; a later epoch, that row n decides (it bears the
/// epoch of its writer), or nobody can say when the row went with a compaction or deletion.
/// </para>
/// Compaction changes the head in the same way, one step at a time, so an append waits for one step of it at most.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore's handle is never asked for, so there is nothing to dispose of.")]
internal sealed partial class AzureTableSessionLogWriter(
    SessionLogTable tables, SessionLogReader reader, SessionId session, HeadRow head, TimeProvider time, ILogger logger) : ISessionLogWriter
{
    // One change of the head at a time.
    private readonly SemaphoreSlim changing = new(1);
    private HeadRow head = head;
    private Exception? unusable;
    private int appending;

    public SessionLogHead Head => head.Head;

    public async Task Append(IReadOnlyList<SessionLogEntry> entries, RunPosition run, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref appending, 1) != 0)
        {
            throw new InvalidOperationException($"An append to session {session}'s log is under way: a writer takes one at a time.");
        }

        try
        {
            await Change(now =>
            {
                var next = now with { Head = SessionLogAppend.Apply(now.Head, entries, run), LastRow = now.LastRow + 1 };
                return (LogRow.ToEntity(session, next.Last, next.Head.Epoch, entries), next);
            }, cancellationToken, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref appending, 0);
        }
    }

    /// <summary>Replaces the head by what <paramref name="change"/> makes of it, together with the insertion of a row, if any.</summary>
    /// <param name="beforeWrite">Cancels while nothing has been sent.</param>
    /// <param name="inWrite">Cancels later, too; then this writer can't be used any more.</param>
    private async Task Change(Func<HeadRow, (TableEntity? Row, HeadRow Next)> change, CancellationToken beforeWrite, CancellationToken inWrite)
    {
        await changing.WaitAsync(beforeWrite);
        try
        {
            beforeWrite.ThrowIfCancellationRequested();
            if (unusable is not null)
            {
                throw new SessionLogUnknownException(session, unusable);
            }

            var (row, next) = change(head);
            head = next with { ETag = await Write(row, next, inWrite) };
        }
        catch (SessionLogUnknownException e)
        {
            unusable ??= e.InnerException;
            throw;
        }
        finally
        {
            changing.Release();
        }
    }

    private async Task<ETag> Write(TableEntity? row, HeadRow next, CancellationToken cancellationToken)
    {
        var condition = head.ETag;
        var inDoubt = false;
        for (var attempt = 1; ; attempt++)
        {
            Exception failure;
            try
            {
                return await Submit(row, next, condition, cancellationToken);
            }
            catch (RequestFailedException e) when (IsRefusal(e) && !inDoubt)
            {
                // Not carried out, and no attempt before it either: the writer can go on once the cause is mended.
                throw;
            }
            // Whatever else happened, the transaction may have been carried out.
            catch (Exception e)
            {
                failure = e;
                inDoubt = true;
            }

            try
            {
                switch (await Find(row, next, failure, cancellationToken))
                {
                    case { Landed: true } landed:
                        LogFoundLanded(session, row?.RowKey ?? HeadRow.RowKey, failure);
                        return landed.ETag;
                    case { } notYet:
                        condition = notYet.ETag;
                        break;
                }

                if (attempt == tables.Options.WriteAttempts || !MayPass(failure, cancellationToken))
                {
                    throw new SessionLogUnknownException(session, failure);
                }

                LogRetry(session, row?.RowKey ?? HeadRow.RowKey, attempt, failure);
                await WritePause.Wait(attempt, time, cancellationToken);
            }
            catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
            {
                throw new SessionLogUnknownException(session, e);
            }
        }
    }

    private async Task<ETag> Submit(TableEntity? row, HeadRow next, ETag condition, CancellationToken cancellationToken)
    {
        var replaceHead = new TableTransactionAction(TableTransactionActionType.UpdateReplace, next.ToEntity(session), condition);
        var answer = await tables.Writes.SubmitTransactionAsync(
            row is null ? [replaceHead] : [new TableTransactionAction(TableTransactionActionType.Add, row), replaceHead],
            cancellationToken);
        return answer.Value[^1].Headers.ETag!.Value;
    }

    /// <returns>Null when the head can't be read: the next attempt is safe all the same, its condition lets it land once.</returns>
    /// <exception cref="SessionLogFencedException">Somebody else took over before the change could land.</exception>
    private async Task<Finding?> Find(TableEntity? row, HeadRow next, Exception failure, CancellationToken cancellationToken)
    {
        try
        {
            var now = await HeadRow.ReadWithTombstone(tables.Reads, session, cancellationToken);
            if (now is not null && now.Head.Epoch == next.Head.Epoch)
            {
                // Only this writer changes the head in its epoch: it is the one before, or the one after.
                return now switch
                {
                    { IsClaimed: false } => new Finding(Landed: now.Says(next), now.ETag),
                    // Landed, and then somebody claimed the head: the next append will be told.
                    _ when now.Says(next) => new Finding(Landed: true, head.ETag),
                    _ => throw new SessionLogFencedException(session, next.Head.Epoch),
                };
            }

            // Of a compaction's step nobody needs to know whether it landed.
            if (now is null || row is null || next.LastRow == head.LastRow || now.Head.LastSequence < next.Head.LastSequence)
            {
                throw new SessionLogFencedException(session, next.Head.Epoch);
            }

            return await EpochOf(row, cancellationToken) switch
            {
                // Landed, and then somebody took over: the next append will be told.
                { } epoch when epoch == next.Head.Epoch => new Finding(Landed: true, head.ETag),
                null when now.IsDeleted || now.Generation != next.Generation => throw new SessionLogUnknownException(session, failure),
                _ => throw new SessionLogFencedException(session, next.Head.Epoch),
            };
        }
        catch (Exception e) when (TableErrors.IsTransient(e, cancellationToken))
        {
            return null;
        }
        catch (Exception e) when (e is not (SessionLogFencedException or SessionLogUnknownException or OperationCanceledException))
        {
            throw new SessionLogUnknownException(session, e);
        }
    }

    private async Task<long?> EpochOf(TableEntity row, CancellationToken cancellationToken) =>
        (await tables.Reads.Find(session.ToString(), row.RowKey, cancellationToken, [LogRow.EpochName]))?.GetInt64(LogRow.EpochName);

    // The request itself is wrong or not allowed. Not these: 404 (head deleted), 408, 409, 412 (somebody, or this writer, was
    // first), 429.
    private static bool IsRefusal(RequestFailedException e) =>
        e.IsMissingTable() || (e.Status is >= 400 and < 500 and not ((int)HttpStatusCode.NotFound or 408 or 409 or 412 or 429));

    private static bool MayPass(Exception failure, CancellationToken cancellationToken) =>
        TableErrors.IsTransient(failure, cancellationToken) || failure is RequestFailedException { Status: 404 or 409 or 412 };

    private sealed record Finding(bool Landed, ETag ETag);

    [LoggerMessage(Level = LogLevel.Information, Message = "Row {Row} of session {Session}'s log had landed although its write failed")]
    private partial void LogFoundLanded(SessionId session, string row, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Writing row {Row} of session {Session}'s log failed (attempt {Attempt}); it is not there, trying again")]
    private partial void LogRetry(SessionId session, string row, int attempt, Exception exception);
}
