using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using OrleansKd.AzureTables.Tables;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Sessions' logs in one table, a partition for each: a head row (<see cref="HeadRow"/>) and a row for each append
/// (<see cref="LogRow"/>). Start with those two; what a deletion leaves is a head that says so.
/// </summary>
internal sealed partial class AzureTableSessionLog(
    SessionLogTable tables, SessionLogReader reader, TimeProvider time, ILogger<AzureTableSessionLog> logger) : ISessionLog
{
    /// <summary>Each lost race means that somebody else won one: so many in a row need a crowd that no session has.</summary>
    private const int TakeOverAttempts = 64;

    public async Task<SessionLogHead?> ReadHead(SessionId session, CancellationToken cancellationToken) =>
        (await HeadRow.Read(tables.Reads, session, cancellationToken))?.Head;

    public async Task<ISessionLogWriter?> TakeOver(SessionId session, bool create, CancellationToken cancellationToken)
    {
        var failures = 0;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ClaimAfterLoss(session, attempt, cancellationToken);
                var head = await HeadRow.ReadWithTombstone(tables.Reads, session, cancellationToken);
                if (head is { IsDeleted: true } || (head is null && !create))
                {
                    return null;
                }

                // A take-over whose answer got lost is simply taken over again: an epoch that nobody writes in does no harm.
                var taken = head is null ? HeadRow.First : head with { Head = head.Head with { Epoch = head.Head.Epoch + 1 }, IsClaimed = false };
                var etag = await Write(session, head, taken, cancellationToken);
                LogTakenOver(session, taken.Head.Epoch, taken.Head.LastSequence);
                return new AzureTableSessionLogWriter(tables, reader, session, taken with { ETag = etag }, time, logger);
            }
            catch (RequestFailedException e) when (e.IsContention() && attempt < TakeOverAttempts)
            {
            }
            catch (Exception e) when (TableErrors.IsTransient(e, cancellationToken) && ++failures < tables.Options.WriteAttempts)
            {
                LogTakeOverFailed(session, failures, e);
                await WritePause.Wait(failures, time, cancellationToken);
            }
        }
    }

    public Task<SessionLogEntry[]> Read(SessionId session, long after, int maxBytes, CancellationToken cancellationToken) =>
        reader.Read(session, after, maxBytes, cancellationToken);

    public Task<SessionLogEntry[]> ReadBackwards(SessionId session, long before, int maxBytes, CancellationToken cancellationToken) =>
        reader.ReadBackwards(session, before, maxBytes, cancellationToken);

    public async Task Delete(SessionId session, CancellationToken cancellationToken)
    {
        reader.Forget(session);
        if (await Bury(session, cancellationToken))
        {
            var rows = await tables.DeleteRows(session, "", HeadRow.RowKey, cancellationToken)
                + await tables.DeleteRows(session, HeadRow.RowKey + '0', "", cancellationToken);
            LogDeleted(session, rows);
        }
    }

    public async Task<bool> WasDeleted(SessionId session, CancellationToken cancellationToken) =>
        await HeadRow.ReadWithTombstone(tables.Reads, session, cancellationToken) is { IsDeleted: true };

    /// <summary>Makes the head a tombstone. False when there was never such a log.</summary>
    private async Task<bool> Bury(SessionId session, CancellationToken cancellationToken)
    {
        var failures = 0;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ClaimAfterLoss(session, attempt, cancellationToken);
                var head = await HeadRow.ReadWithTombstone(tables.Reads, session, cancellationToken);
                if (head is null or { IsDeleted: true })
                {
                    return head is not null;
                }

                await Write(session, head, head with { Head = head.Head with { Epoch = head.Head.Epoch + 1 }, IsDeleted = true }, cancellationToken);
                return true;
            }
            catch (RequestFailedException e) when (e.IsContention() && attempt < TakeOverAttempts)
            {
            }
            catch (Exception e) when (TableErrors.IsTransient(e, cancellationToken) && ++failures < tables.Options.WriteAttempts)
            {
                LogDeletionFailed(session, failures, e);
                await WritePause.Wait(failures, time, cancellationToken);
            }
        }
    }

    /// <summary>A writer that never pauses would win every race: after a lost one the head is claimed, which stops it.</summary>
    private async Task ClaimAfterLoss(SessionId session, int attempt, CancellationToken cancellationToken)
    {
        if (attempt == 1)
        {
            return;
        }

        try
        {
            await HeadRow.Claim(tables.Writes, session, cancellationToken);
        }
        catch (RequestFailedException e) when (e.IsContention())
        {
            // There is no head to claim: what is read next tells.
        }
    }

    private async Task<ETag> Write(SessionId session, HeadRow? found, HeadRow taken, CancellationToken cancellationToken)
    {
        var answer = found is null
            ? await tables.Writes.AddEntityAsync(taken.ToEntity(session), cancellationToken)
            : await tables.Writes.UpdateEntityAsync(taken.ToEntity(session), found.ETag, TableUpdateMode.Replace, cancellationToken);
        return answer.Headers.ETag!.Value;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Took over session {Session}'s log: epoch {Epoch}, after entry {LastSequence}")]
    private partial void LogTakenOver(SessionId session, long epoch, long lastSequence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Taking over session {Session}'s log failed ({Failures}); trying again")]
    private partial void LogTakeOverFailed(SessionId session, int failures, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Deleted session {Session}'s log; {Rows} rows were left to delete")]
    private partial void LogDeleted(SessionId session, int rows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deleting session {Session}'s log failed ({Failures}); trying again")]
    private partial void LogDeletionFailed(SessionId session, int failures, Exception exception);
}
