using Microsoft.Extensions.Logging;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Users;

/// <summary>
/// What has changed for the user since somebody looked last. Nothing is kept for a reader: lines and account have the version at which they
/// changed, so whoever comes with one gets what is higher. <see cref="ReadFeed"/> interleaves with everything.
/// </summary>
internal sealed partial class UserGrain
{
    /// <summary>Reads that wait at once; who has gone still waits a little. More than one process lets one user begin are answered at once.</summary>
    private const int MostWaiting = 512;

    private static readonly Refusal NotBoundAnyMore = new(ProblemCodes.NotSignedIn, "This sign-in does not belong to the account any more. Sign in again.");

    private readonly Wake feed = new();
    private readonly TaskCompletionSource closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration stopping;
    private bool isAskingWaiting;
    private int waiting;

    public async Task<Outcome<UserFeedPage>> ReadFeed(FeedCursor cursor)
    {
        var until = time.GetUtcNow() + (cursor.Wait < Limits.FeedWait ? cursor.Wait : Limits.FeedWait);
        while (true)
        {
            var changed = feed.Next;
            await NoticeAsync();
            var now = time.GetUtcNow();
            if (CheckReader(cursor, now) is { } refusal)
                return refusal;
            var page = UserFeedRules.Read(user, Account, pages, version, cursor.After, now);
            if (!page.IsEmpty || now >= until || waiting >= MostWaiting || closing.Task.IsCompleted)
                return page;
            var lookAt = UserFeedRules.FirstHiddenAt(Lines) is { } hidden && hidden < until ? hidden : until;
            await WaitFor(changed, lookAt > now ? lookAt - now : TimeSpan.Zero);
        }
    }

    private Refusal? CheckReader(FeedCursor cursor, DateTimeOffset now)
    {
        if (cursor.Token is { } token)
            return TokenRules.Prove(user, token, new TokenNeed(TokenRight.Read, IsOfAll: true), Organizations, now).Refusal;
        return cursor.Identity is { } identity && UserRules.IsBoundTo(user, identity)
            ? null
            : NotBoundAnyMore;
    }

    public async Task<Outcome<Done>> StaysBound(ProvenIdentity identity, TimeSpan wait)
    {
        var until = time.GetUtcNow() + (wait < Limits.FeedWait ? wait : Limits.FeedWait);
        while (true)
        {
            var changed = feed.Next;
            if (!UserRules.IsBoundTo(user, identity))
                return NotBoundAnyMore;
            var left = until - time.GetUtcNow();
            if (left <= TimeSpan.Zero || waiting >= MostWaiting || closing.Task.IsCompleted)
                return new Done();
            await WaitFor(changed, left);
        }
    }

    public Task ApplyWaiting(WaitingOrder order) => StoreAsync(state => UserFeedRules.ApplyWaiting(state, order));

    private Account Account => UserRules.AccountOf(user, Id, Organizations);

    /// <summary>Before every answer: what changes by itself, which is what the configuration says of the account, and lines whose time is over.</summary>
    private async Task NoticeAsync()
    {
        if (!ReferenceEquals(WithConsequences(user), user))
            await StoreAsync(static state => state);
        await HideAsync();
        AskWhatMayHaveMoved();
        if (!isAskingWaiting && UserFeedRules.LacksWaiting(user, Account))
            _ = AskWaitingAsync();
    }

    private async Task AskWaitingAsync()
    {
        isAskingWaiting = true;
        try
        {
            if (Account.Organization is { } organization)
            {
                var count = await GrainFactory.Organization(organization).CountRequests(Id);
                await StoreAsync(state => UserFeedRules.LacksWaiting(state, Account) ? UserFeedRules.ApplyWaiting(state, new WaitingOrder(organization, 0, count)) : state);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogWaitingNotAsked(exception, Id);
        }
        finally
        {
            isAskingWaiting = false;
        }
    }

    /// <summary>Until it changes, the time is up, or this activation closes.</summary>
    private async Task WaitFor(Task change, TimeSpan limit)
    {
        waiting++;
        using var ended = new CancellationTokenSource();
        await Task.WhenAny(change, closing.Task, Task.Delay(limit, time, ended.Token));
        await ended.CancelAsync();
        waiting--;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {User}: its organization could not be asked how many people wait; it is tried again.")]
    private partial void LogWaitingNotAsked(Exception exception, UserId user);
}
