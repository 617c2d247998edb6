using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;

namespace OrleansKd.Tui.Model;

/// <summary>The user's sessions, read again every second. Raises <see cref="Changed"/> on any thread.</summary>
internal sealed class SessionListModel(ServerConnection server, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A person who hosts or is invited sees it at once; a request costs the server little.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How soon somebody reads that their permissions were decided, or that somebody waits for them.</summary>
    public static readonly TimeSpan AccountInterval = TimeSpan.FromSeconds(10);

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
        using var timer = new PeriodicTimer(Interval, time);
        AccountSummary? me = null;
        var askedAt = 0L;
        try
        {
            do
            {
                try
                {
                    if (me is null || time.GetElapsedTime(askedAt) >= AccountInterval)
                        (askedAt, me) = (time.GetTimestamp(), await server.Sessions.GetMeAsync(cancellationToken));
                    var sessions = await server.Sessions.GetSessionsAsync(cancellationToken);
                    Set(new State([.. sessions.OrderBy(session => session.State).ThenByDescending(session => session.LastActivityAt)], me, null));
                }
                catch (ProblemException problem)
                {
                    Set(now with { Problem = problem.Message });
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
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

    /// <param name="Problem">Why the list could not be read; it shows what was read last.</param>
    public sealed record State(IReadOnlyList<SessionSummary> Sessions, AccountSummary? Me, string? Problem)
    {
        public IReadOnlyList<SessionSummary> Hosted => [.. Sessions.Where(session => session.IsHost)];

        public IReadOnlyList<SessionSummary> Joined => [.. Sessions.Where(session => !session.IsHost)];
    }
}
