using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// A session that is closed or terminated is read, if at all, from its beginning to its end: its log is stored in fewer and larger
/// rows then. Nobody waits for that. It is due once after closing and once after termination; a crash leaves the log whole, and the
/// next activation goes on, because only a compaction that was finished is noted in the snapshot.
/// </summary>
internal sealed partial class SessionGrain
{
    /// <summary>After a failure of the storage: long enough to be no burden for one that has trouble.</summary>
    private static readonly TimeSpan CompactionRetry = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource compactionEnd = new();
    private Task compaction = Task.CompletedTask;
    private bool compactionIsDue;
    private DateTimeOffset compactionRetryAt;

    /// <summary>Whether an activation has to compact: no finished compaction since the session's last change.</summary>
    private bool CompactionIsMissing => durable.State is not SessionState.Active && snapshot.State.CompactedThrough < tail.DurableThrough;

    /// <summary>Entries after which the log will hardly grow any more.</summary>
    private static bool EndsWork(SessionLogEntryKind kind) =>
        kind is SessionLogEntryKind.SessionClosed or SessionLogEntryKind.SessionTerminated or SessionLogEntryKind.RunExited;

    private void CompactWhenDue()
    {
        if (compactionIsDue && compaction.IsCompleted && durable.State is not SessionState.Active && Now >= compactionRetryAt && !closing.Task.IsCompleted)
            compaction = CompactAsync();
    }

    private async Task CompactAsync()
    {
        compactionIsDue = false;
        var through = tail.DurableThrough;
        try
        {
            await writer!.CompactAsync(compactionEnd.Token);
            await snapshotting;
            snapshot.State.CompactedThrough = through;
            await WriteSnapshotAsync();
        }
        catch (OperationCanceledException) when (compactionEnd.IsCancellationRequested)
        {
            // This activation ends; the next one goes on.
        }
        catch (Exception exception) when (exception is SessionLogFencedException or SessionLogUnknownException)
        {
            WriteFailed(exception);
        }
        catch (SessionLogCorruptException exception)
        {
            LogNotCompacted(exception, Id);
        }
        catch (Exception exception)
        {
            LogCompactionFailed(exception, Id);
            (compactionIsDue, compactionRetryAt) = (true, Now + CompactionRetry);
            CheckAgain();
        }
    }

    private async Task EndCompaction()
    {
        await compactionEnd.CancelAsync();
        await compaction;
    }
}
