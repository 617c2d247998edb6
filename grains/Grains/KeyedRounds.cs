namespace OrleansKd.Grains;

/// <summary>
/// Work that is named by a key and gives the same however often it is wanted: one round at a time for each key, a bounded number at once, and
/// whoever wants it while a round is under way gets another one that begins after that. Runs on its grain's scheduler.
/// </summary>
internal sealed class KeyedRounds(int parallel, Func<string, Task> work)
{
    private readonly Dictionary<string, TaskCompletionSource> wanted = [];
    private readonly HashSet<string> running = [];

    /// <summary>Completes with a round that began after this call, or fails as it does.</summary>
    public Task Want(string key)
    {
        if (!wanted.TryGetValue(key, out var round))
        {
            wanted.Add(key, round = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Begin();
        }
        return round.Task;
    }

    private void Begin()
    {
        foreach (var key in wanted.Keys.Where(key => !running.Contains(key)).Take(Math.Max(0, parallel - running.Count)).ToArray())
        {
            wanted.Remove(key, out var round);
            running.Add(key);
            _ = RunAsync(key, round!);
        }
    }

    private async Task RunAsync(string key, TaskCompletionSource round)
    {
        // Whoever wants it is to hold its task before it can be over.
        await Task.Yield();
        try
        {
            await work(key);
            round.SetResult();
        }
        catch (Exception exception)
        {
            round.SetException(exception);
        }
        finally
        {
            running.Remove(key);
            Begin();
        }
    }
}
