using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>Credit of one upload: at most <see cref="Limits.ChunkWindow"/> chunks are on their way and not accepted.</summary>
internal sealed class ChunkWindow
{
    private readonly Lock gate = new();
    private long accepted = -1;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The server has everything up to <paramref name="number"/>. The first call opens the window.</summary>
    public void Accept(long number)
    {
        TaskCompletionSource before;
        lock (gate)
        {
            accepted = Math.Max(accepted, number);
            before = changed;
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        before.SetResult();
    }

    /// <summary>Number of the first chunk to send, as soon as the window is open.</summary>
    public async Task<long> FirstAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (accepted >= 0)
                    return accepted + 1;
                wait = changed.Task;
            }
            await wait.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Returns when chunk <paramref name="number"/> may go.</summary>
    public async ValueTask WaitAsync(long number, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (number <= accepted + Limits.ChunkWindow)
                    return;
                wait = changed.Task;
            }
            await wait.WaitAsync(cancellationToken);
        }
    }
}
