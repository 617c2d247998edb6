namespace OrleansKd.Grains.Tests.Users;

public sealed class KeyedRoundsTests
{
    private readonly Dictionary<string, int> begun = [];
    private readonly List<TaskCompletionSource> open = [];

    [Fact]
    public async Task Want_WhenARoundIsUnderWay_BeginsAnotherForAllWhoWantOneMeanwhile()
    {
        var rounds = new KeyedRounds(4, Work);
        var first = rounds.Want("a");
        await Until(() => open.Count == 1);
        var later = new[] { rounds.Want("a"), rounds.Want("a"), rounds.Want("a") };

        Assert.Equal(1, begun["a"]);
        open[0].SetResult();
        await first;
        await Until(() => open.Count == 2);
        Assert.All(later, task => Assert.False(task.IsCompleted));
        open[1].SetResult();
        await Task.WhenAll(later);

        Assert.Equal(2, begun["a"]);
    }

    [Fact]
    public async Task Want_WhenManyKeysAreWanted_RunsSoManyAtOnce()
    {
        var rounds = new KeyedRounds(2, Work);
        var all = Enumerable.Range(0, 5).Select(i => rounds.Want($"{i}")).ToArray();

        for (var done = 0; done < all.Length; done++)
        {
            await Until(() => open.Count == Math.Min(done + 2, all.Length));
            open[done].SetResult();
        }

        await Task.WhenAll(all);
        Assert.Equal(5, begun.Count);
    }

    [Fact]
    public async Task Want_WhenARoundFails_FailsForThoseWhoWantedItAndGoesOn()
    {
        var rounds = new KeyedRounds(1, Work);
        var (failing, other) = (rounds.Want("a"), rounds.Want("b"));
        await Until(() => open.Count == 1);

        open[0].SetException(new IOException("as the test wants it"));

        await Assert.ThrowsAsync<IOException>(() => failing);
        await Until(() => open.Count == 2);
        open[1].SetResult();
        await other;
    }

    private Task Work(string key)
    {
        begun[key] = begun.GetValueOrDefault(key) + 1;
        open.Add(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return open[^1].Task;
    }

    private static async Task Until(Func<bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!isSo())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
