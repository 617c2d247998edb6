using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Users;

/// <summary>
/// Reads users' feeds for those who wait for news. The account's grain proves the right to each answer when it answers (rule I6); a page that may
/// have been on its way for longer than such a proof lasts is asked for again. A person has a window or two, so nothing is shared between
/// readers, and a reader who waits costs one call in <see cref="Limits.FeedWait"/>.
/// </summary>
internal sealed class UserFeed(IGrainFactory grains, ClusterWatch cluster, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>After an account's grain that answers with nothing before its time, because it moves to another server: the next try.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>What follows a position, at once or within the wait; empty when nothing does.</summary>
    /// <param name="cursor">Without a wait: that is <paramref name="wait"/>.</param>
    public async Task<Outcome<UserFeedPage>> ReadAsync(UserId user, FeedCursor cursor, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            return await ReadUntilAsync(grains.User(user), cursor, wait, ended.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // This process stops: whoever waits goes on at another one.
            return Refusals.Unavailable;
        }
    }

    private async Task<Outcome<UserFeedPage>> ReadUntilAsync(IUserGrain user, FeedCursor cursor, TimeSpan wait, CancellationToken ended)
    {
        var begunAt = time.GetTimestamp();
        for (var left = wait; ;)
        {
            var askedAt = time.GetTimestamp();
            var asked = await AskAsync(user, cursor with { Wait = left }, ended);
            if (asked.Value is not { } page)
                return asked;
            if (!cluster.IsInTouch)
                return Refusals.Unavailable;
            left = wait - time.GetElapsedTime(begunAt);
            if (!page.IsEmpty && time.GetElapsedTime(askedAt) >= Limits.ProofLasts)
                left = TimeSpan.Zero;
            else if (!page.IsEmpty || left <= TimeSpan.Zero)
                return page;
            else
                await Task.Delay(Pause, time, ended);
        }
    }

    private async Task<Outcome<UserFeedPage>> AskAsync(IUserGrain user, FeedCursor cursor, CancellationToken ended) =>
        await GrainCalls.TryAsync(() => cluster.AskAsync(() => user.ReadFeed(cursor))).WaitAsync(ended);
}
