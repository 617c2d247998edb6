using System.Collections.Concurrent;
using System.Diagnostics;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Edge;

namespace OrleansKd.Silo.Tests.Users;

/// <summary>A client that somebody leaves open: it follows their feed at one server, whatever becomes of that.</summary>
internal sealed class OpenClient : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly SessionsClient client;
    private readonly CancellationTokenSource ending = new();
    private readonly Task following;
    private volatile AccountSummary? account;
    private int beginnings;
    private int cuts;

    public OpenClient(Uri server, string token)
    {
        client = new SessionsClient(server, new FixedToken(token));
        following = Task.Run(FollowAsync);
    }

    public ConcurrentDictionary<string, SessionSummary> Sessions { get; } = new();

    public AccountSummary? Account => account;

    public int Beginnings => Volatile.Read(ref beginnings);

    public int Cuts => Volatile.Read(ref cuts);

    /// <summary>How long that took.</summary>
    public async Task<TimeSpan> UntilAsync(Func<OpenClient, bool> isSo)
    {
        var since = Stopwatch.StartNew();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!isSo(this))
        {
            Assert.False(following.IsFaulted, following.Exception?.Message);
            await timer.WaitForNextTickAsync(limit.Token);
        }
        return since.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await Record.ExceptionAsync(() => following);
        client.Dispose();
        ending.Dispose();
    }

    private async Task FollowAsync()
    {
        await foreach (var update in client.FollowFeedAsync(null, TimeProvider.System, ending.Token))
        {
            if (update is FeedUpdate.ConnectionChanged { State: FollowerState.Reconnecting })
                Interlocked.Increment(ref cuts);
            if (update is not FeedUpdate.Page { Value: var page })
                continue;
            if (page.IsBeginning)
            {
                Interlocked.Increment(ref beginnings);
                Sessions.Clear();
            }
            foreach (var removed in page.Removed)
                Sessions.TryRemove(removed, out _);
            foreach (var session in page.Sessions)
                Sessions[session.Id] = session;
            account = page.Account ?? account;
        }
    }
}
