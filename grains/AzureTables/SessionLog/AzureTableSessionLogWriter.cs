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
/// When an attempt fails in any way that leaves doubt, the head tells: this epoch and row n there means that it landed; this epoch
/// and row n - 1 that it did not, and the same transaction is sent again; a later epoch, that row n decides (it bears the epoch
/// of its writer).
/// </para>
/// </summary>
internal sealed partial class AzureTableSessionLogWriter(
    SessionLogTable tables, SessionId session, HeadRow head, TimeProvider time, ILogger logger) : ISessionLogWriter
{
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
            cancellationToken.ThrowIfCancellationRequested();
            if (unusable is not null)
            {
                throw new SessionLogUnknownException(session, unusable);
            }

            var next = head with { Head = SessionLogAppend.Apply(head.Head, entries, run), LastRow = head.LastRow + 1 };
            var row = LogRow.ToEntity(session, next.LastRow, next.Head.Epoch, entries);
            head = next with { ETag = await Write(row, next, cancellationToken) };
        }
        catch (SessionLogUnknownException e)
        {
            unusable ??= e.InnerException;
            throw;
        }
        finally
        {
            Volatile.Write(ref appending, 0);
        }
    }

    private async Task<ETag> Write(TableEntity row, HeadRow next, CancellationToken cancellationToken)
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
                switch (await Find(next, cancellationToken))
                {
                    case { Landed: true } landed:
                        LogFoundLanded(session, next.LastRow, failure);
                        return landed.ETag;
                    case { } notYet:
                        condition = notYet.ETag;
                        break;
                }

                if (attempt == tables.Options.WriteAttempts || !MayPass(failure, cancellationToken))
                {
                    throw new SessionLogUnknownException(session, failure);
                }

                LogRetry(session, next.LastRow, attempt, failure);
                await WritePause.Wait(attempt, time, cancellationToken);
            }
            catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
            {
                throw new SessionLogUnknownException(session, e);
            }
        }
    }

    private async Task<ETag> Submit(TableEntity row, HeadRow next, ETag condition, CancellationToken cancellationToken)
    {
        var answer = await tables.Writes.SubmitTransactionAsync(
            [
                new TableTransactionAction(TableTransactionActionType.Add, row),
                new TableTransactionAction(TableTransactionActionType.UpdateReplace, next.ToEntity(session), condition),
            ],
            cancellationToken);
        return answer.Value[1].Headers.ETag!.Value;
    }

    /// <returns>Null when the head can't be read: the next attempt is safe all the same, its condition lets it land once.</returns>
    /// <exception cref="SessionLogFencedException">Somebody else took over before the row could land.</exception>
    private async Task<Finding?> Find(HeadRow next, CancellationToken cancellationToken)
    {
        try
        {
            var now = await HeadRow.Read(tables.Reads, session, cancellationToken);
            if (now is not null && now.Head.Epoch == next.Head.Epoch)
            {
                return new Finding(Landed: now.LastRow == next.LastRow, now.ETag);
            }

            return now is not null && now.LastRow >= next.LastRow && await IsOurs(next, cancellationToken)
                // Landed, and then somebody took over: the next append will be told.
                ? new Finding(Landed: true, head.ETag)
                : throw new SessionLogFencedException(session, next.Head.Epoch);
        }
        catch (Exception e) when (TableErrors.IsTransient(e, cancellationToken))
        {
            return null;
        }
        catch (Exception e) when (e is not (SessionLogFencedException or OperationCanceledException))
        {
            throw new SessionLogUnknownException(session, e);
        }
    }

    private async Task<bool> IsOurs(HeadRow next, CancellationToken cancellationToken)
    {
        var row = await tables.Reads.Find(session.ToString(), LogRow.Key(next.LastRow), cancellationToken, [LogRow.EpochName]);
        return row?.GetInt64(LogRow.EpochName) == next.Head.Epoch;
    }

    // The request itself is wrong or not allowed. Not these: 404 (head deleted), 408, 409, 412 (somebody, or this writer, was
    // first), 429.
    private static bool IsRefusal(RequestFailedException e) =>
        e.IsMissingTable() || (e.Status is >= 400 and < 500 and not ((int)HttpStatusCode.NotFound or 408 or 409 or 412 or 429));

    private static bool MayPass(Exception failure, CancellationToken cancellationToken) =>
        TableErrors.IsTransient(failure, cancellationToken) || failure is RequestFailedException { Status: 404 or 409 or 412 };

    private sealed record Finding(bool Landed, ETag ETag);

    [LoggerMessage(Level = LogLevel.Information, Message = "Row {Row} of session {Session}'s log had landed although its write failed")]
    private partial void LogFoundLanded(SessionId session, long row, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Writing row {Row} of session {Session}'s log failed (attempt {Attempt}); it is not there, trying again")]
    private partial void LogRetry(SessionId session, long row, int attempt, Exception exception);
}
