using System.Globalization;
using System.Runtime.CompilerServices;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>What changes for the caller: lists, permissions, requests that wait for them.</summary>
public sealed partial class SessionsClient
{
    /// <summary>What has changed since <paramref name="after"/>, at once or within <paramref name="wait"/>.</summary>
    /// <param name="after"><see cref="FeedPage.Next"/> of the last page; null: everything.</param>
    public Task<FeedPage> GetFeedAsync(string? after, TimeSpan wait, CancellationToken cancellationToken) => Get<FeedPage>(
        string.Create(CultureInfo.InvariantCulture, $"{Routes.Feed}?wait={Math.Min(wait.TotalSeconds, Limits.FeedWait.TotalSeconds):0.###}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}"),
        cancellationToken);

    /// <summary>The feed for ever: whatever cuts it, it goes on after the last page that it told, so nothing is missed or told twice.</summary>
    /// <exception cref="ProblemException">The sign-in has ended, the cursor is none, or the server knows no feeds.</exception>
    public async IAsyncEnumerable<FeedUpdate> FollowFeedAsync(string? after, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pace = ReconnectPace.Seeded();
        var state = FollowerState.Connecting;
        while (true)
        {
            FeedPage? page = null;
            ProblemException? cut = null;
            try
            {
                page = await GetFeedAsync(after, Limits.FeedWait, cancellationToken);
            }
            catch (ProblemException problem) when (IsCut(problem.Code))
            {
                cut = problem;
            }
            if (page is not null)
            {
                pace.Succeeded();
                if (state is not FollowerState.Connected)
                    yield return new FeedUpdate.ConnectionChanged(state = FollowerState.Connected, null);
                after = page.Next;
                if (page.IsBeginning || page.Account is not null || page.Sessions.Length > 0 || page.Removed.Length > 0)
                    yield return new FeedUpdate.Page(page);
                continue;
            }
            if (state is not FollowerState.Reconnecting)
                yield return new FeedUpdate.ConnectionChanged(state = FollowerState.Reconnecting, cut!.Message);
            await pace.PauseAsync(time, cancellationToken);
        }
    }

    /// <summary>It may be otherwise in a moment.</summary>
    private static bool IsCut(string code) => code is
        ProblemException.ServerUnreachable or ProblemCodes.Unavailable or ProblemCodes.InternalError or ProblemCodes.TooManyRequests or ProblemCodes.LimitReached;
}
