using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;

namespace OrleansKd.Tui.Model.Lists;

/// <summary>The user's sessions and account, as their feed tells them. Raises <see cref="Changed"/> on any thread.</summary>
internal sealed class SessionListModel(ServerConnection server, TimeProvider time) : IAsyncDisposable
{
    /// <summary>After a refusal that does not pass by itself, such as a sign-in that has ended: somebody may sign in again beside this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource ending = new();
    private Task reading = Task.CompletedTask;
    private volatile State now = new([], null, null);

    public event Action? Changed;

    public State Now => now;

    public void Start() => reading = Task.Run(() => ReadAsync(ending.Token));

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await reading;
        ending.Dispose();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var list = new SessionList();
        try
        {
            for (string? next = null; ;)
            {
                try
                {
                    await foreach (var update in server.Sessions.FollowFeedAsync(next, time, cancellationToken))
                    {
                        if (update is FeedUpdate.Page { Value: var page })
                        {
                            next = page.Next;
                            if (list.Apply(page) is not null)
                                Set(new State([.. list.Sessions.OrderBy(session => session.State).ThenByDescending(session => session.LastActivityAt)], list.Me, null));
                        }
                        else if (update is FeedUpdate.ConnectionChanged { Reason: var reason })
                        {
                            Set(now with { Problem = reason });
                        }
                    }
                }
                catch (ProblemException problem)
                {
                    Set(now with { Problem = problem.Message });
                }
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private void Set(State state)
    {
        now = state;
        Changed?.Invoke();
    }

    /// <param name="Problem">Why there is no news; it shows what came last.</param>
    public sealed record State(IReadOnlyList<SessionSummary> Sessions, AccountSummary? Me, string? Problem)
    {
        public IReadOnlyList<SessionSummary> Hosted => [.. Sessions.Where(session => session.IsHost)];

        public IReadOnlyList<SessionSummary> Joined => [.. Sessions.Where(session => !session.IsHost)];
    }
}
