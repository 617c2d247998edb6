namespace OrleansKd.Agent.Connection;

/// <summary>
/// Does one thing after the other, away from those who ask for it. What comes down for a run may have to wait for its disk; the
/// connection, and a Break behind it, must not.
/// </summary>
internal sealed class OrderedWork
{
    /// <summary>Things that may wait: a server sends instructions for <c>2 * Limits.QueuedCommands</c> commands at most.</summary>
    private const int Limit = 1024;

    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;
    private int waiting;

    /// <exception cref="IOException">Too much waits already: the connection is cut, and what was not acted on is delivered again.</exception>
    /// <param name="isNeeded">What can't be delivered again, and comes in small numbers: never refused.</param>
    public void Add(Action work, bool isNeeded = false)
    {
        lock (gate)
        {
            if (waiting >= Limit && !isNeeded)
                throw new IOException($"{Limit} things wait to be done for this run.");
            waiting++;
            last = DoAsync(last, work);
        }
    }

    private async Task DoAsync(Task before, Action work)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            work();
        }
        finally
        {
            lock (gate)
                waiting--;
        }
    }
}
