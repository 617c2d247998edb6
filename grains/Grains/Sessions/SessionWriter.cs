using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// Group commit: one write at a time, and what arrives during a write goes into the next. Runs on its grain's scheduler.
/// Invariant: the tail's watermark only moves after the log has the entries; after a failed write nothing is written any more.
/// </summary>
internal sealed class SessionWriter(ISessionLogWriter log, SessionTail tail, TimeProvider time, Action<SessionLogEntry[]> durableMoved, Action<Exception> failed)
{
    /// <summary>
    /// How long output waits for more before it is written: at most 12 rows a second from a debugger that prints a little all
    /// the time, and still an acknowledgement well within 100 ms.
    /// </summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(80);

    /// <summary>
    /// The same for bytes that are only counted (<see cref="SessionTail.PendingIsGap"/>): a transcript at its limit may go on for days
    /// and must hardly grow, and the agent needs to know what it may drop from its spool every few seconds only.
    /// </summary>
    public static readonly TimeSpan GapLinger = TimeSpan.FromSeconds(5);

    /// <summary>Output that needs no lingering: the row is worth its write.</summary>
    public const int LingerBytes = 64 * 1024;

    private readonly Wake durable = new();
    private TaskCompletionSource flush = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task running = Task.CompletedTask;
    private Exception? failure;

    public bool HasFailed => failure is not null;

    public long Epoch => log.Head.Epoch;

    /// <summary>How far the agent's chunks are durable.</summary>
    public RunPosition DurablePosition => log.Head.Run;

    /// <summary>Tells that the tail has new entries.</summary>
    /// <param name="now">Something other than output is among them: write at once.</param>
    public void Added(bool now)
    {
        if (now || tail.PendingBytes >= LingerBytes)
            flush.TrySetResult();
        if (running.IsCompleted && failure is null)
            running = WriteAsync();
    }

    /// <summary>Completes when everything up to <paramref name="sequence"/> is durable; throws when that is refused or unknown.</summary>
    public async Task WhenDurable(long sequence, CancellationToken cancellationToken)
    {
        while (tail.DurableThrough < sequence)
        {
            if (failure is not null)
                throw failure;
            await durable.Next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Writes what is pending and waits for it; for an orderly stop.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        flush.TrySetResult();
        await WhenDurable(tail.Last, cancellationToken);
    }

    /// <inheritdoc cref="ISessionLogWriter.Compact"/>
    public Task CompactAsync(CancellationToken cancellationToken) => log.Compact(cancellationToken);

    /// <summary>Completes when the watermark moves or a write fails; take it before looking.</summary>
    public Task NextMove => durable.Next;

    private async Task WriteAsync()
    {
        try
        {
            while (tail.HasPending)
            {
                await LingerAsync();
                var (entries, position) = tail.TakePending(SessionLogLimits.AppendBytes);
                await log.Append(entries, position, CancellationToken.None);
                tail.MarkDurable(entries[^1].Sequence);
                durable.All();
                durableMoved(entries);
            }
        }
        catch (Exception exception)
        {
            failure = exception;
            durable.All();
            failed(exception);
        }
    }

    private async Task LingerAsync()
    {
        if (!flush.Task.IsCompleted && tail.PendingBytes < LingerBytes)
        {
            try
            {
                await flush.Task.WaitAsync(tail.PendingIsGap ? GapLinger : Linger, time);
            }
            catch (TimeoutException)
            {
                // Lingered long enough.
            }
        }
        flush = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
