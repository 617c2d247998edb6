using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Streams;

/// <summary>A stream that somebody has open: what came over it, and how it ended.</summary>
internal sealed class WatchedStream : IAsyncDisposable
{
    /// <summary>The connection was closed, without a word about the stream.</summary>
    public const string Closed = "closed";

    /// <summary>It ended as streams end that have no more to say.</summary>
    public const string Complete = "complete";

    /// <summary>It told that the session is not its reader's any more, and goes on with whatever else it is about.</summary>
    public const string Removed = "removed";

    private readonly CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly List<TranscriptEntry> entries = [];
    private readonly Task reading;
    private TaskCompletionSource changed = NewSignal();

    /// <param name="read">Reads until the stream ends, and says how.</param>
    public WatchedStream(string kind, Func<WatchedStream, CancellationToken, Task<string>> read)
    {
        Kind = kind;
        reading = Task.Run(async () =>
        {
            try
            {
                End(await read(this, leaving.Token));
            }
            catch (OperationCanceledException) when (leaving.IsCancellationRequested)
            {
                ended.TrySetCanceled();
            }
            catch (Exception exception)
            {
                Fault = exception;
                ended.TrySetException(exception);
            }
            Changed();
        });
    }

    public string Kind { get; }

    /// <summary>What it could not do, or should not have been told, also after it had ended.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>A code of <see cref="ProblemCodes"/>, or one of the words above.</summary>
    public Task<string> Ended => ended.Task;

    public TranscriptEntry[] Entries
    {
        get
        {
            lock (gate)
                return [.. entries];
        }
    }

    public void Took(IEnumerable<TranscriptEntry> more)
    {
        lock (gate)
            entries.AddRange(more);
        Changed();
    }

    /// <summary>The first entry that is so, as soon as it has come.</summary>
    public async Task<TranscriptEntry> UntilAsync(Func<TranscriptEntry, bool> isSo, TimeSpan limit)
    {
        var until = TimeProvider.System.GetUtcNow() + limit;
        for (var looked = 0; ;)
        {
            Task change;
            lock (gate)
            {
                change = changed.Task;
                for (; looked < entries.Count; looked++)
                {
                    if (isSo(entries[looked]))
                        return entries[looked];
                }
            }
            if (Ended.IsCompleted)
                throw new InvalidOperationException($"{Kind} ended before: {await Ended}.");
            var left = until - TimeProvider.System.GetUtcNow();
            await change.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, leaving.Token);
        }
    }

    public void End(string how) => ended.TrySetResult(how);

    public async ValueTask DisposeAsync()
    {
        await leaving.CancelAsync();
        await reading;
        leaving.Dispose();
    }

    private void Changed()
    {
        TaskCompletionSource before;
        lock (gate)
            (before, changed) = (changed, NewSignal());
        before.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
