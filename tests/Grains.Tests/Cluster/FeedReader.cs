using System.Collections.Concurrent;
using System.Diagnostics;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Tests.Cluster;

/// <summary>An open client that follows its user's feed: what it shows, and what it was ever told.</summary>
public sealed class FeedReader : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly IGrainFactory grains;
    private readonly ProvenIdentity identity;
    private readonly CancellationTokenSource ending = new();
    private readonly Task reading;

    private FeedReader(IGrainFactory grains, ProvenIdentity identity)
    {
        (this.grains, this.identity) = (grains, identity);
        reading = Task.Run(ReadAsync);
    }

    public ConcurrentDictionary<string, ListedSession> Lines { get; } = new();

    /// <summary>Every line that ever came.</summary>
    public ConcurrentQueue<ListedSession> Told { get; } = new();

    public Account? Account { get; private set; }

    public int WaitingRequests { get; private set; }

    public FeedPosition Position { get; private set; }

    public int Beginnings { get; private set; }

    public Refusal? Refusal { get; private set; }

    public static ProvenIdentity IdentityOf(string email) => new("https://issuer.example", email, email, "Somebody", IsProven: true);

    public static FeedReader Open(GrainCluster cluster, Person person) => new(cluster.Grains, IdentityOf(person.Email));

    /// <summary>How long that took.</summary>
    public async Task<TimeSpan> Until(Func<FeedReader, bool> isSo)
    {
        var since = Stopwatch.StartNew();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!isSo(this))
            await timer.WaitForNextTickAsync(limit.Token);
        return since.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await reading;
        ending.Dispose();
    }

    private async Task ReadAsync()
    {
        while (!ending.IsCancellationRequested && Refusal is null)
        {
            try
            {
                Take(await grains.User(UserId.FromEmail(identity.Email)).ReadFeed(new FeedCursor(identity, Position, TimeSpan.FromSeconds(1))).WaitAsync(ending.Token));
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
            }
            catch (Exception exception) when (exception is InvalidOperationException or IOException or TimeoutException or OrleansException)
            {
                // A crash, as the test wants it: it reads on.
                await Task.Yield();
            }
        }
    }

    private void Take(Outcome<UserFeedPage> read)
    {
        if (read.Value is not { } page)
        {
            Refusal = read.Refusal;
            return;
        }
        if (page.IsBeginning)
        {
            Beginnings++;
            Lines.Clear();
        }
        foreach (var session in page.Removed)
            Lines.TryRemove(session, out _);
        foreach (var line in page.Sessions)
        {
            Told.Enqueue(line);
            Lines[line.Id.Id] = line;
        }
        if (page.Account is not null)
            Account = page.Account;
        if (page.Account is not null)
            WaitingRequests = page.WaitingRequests;
        Assert.True(page.IsBeginning || page.Next.Version >= Position.Version);
        Position = page.Next;
    }
}
