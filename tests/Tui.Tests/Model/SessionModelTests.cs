using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Model;

/// <summary>What a session's window asks a real wire for, and when.</summary>
public sealed class SessionModelTests : IAsyncLifetime
{
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ScriptedServer.StartAtPromptAsync();
        server.GivesLastScreen = true;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task LastScreen_WhenTheSessionOpens_IsAskedForOnce()
    {
        using var connection = server.Connect();
        await using var session = new SessionModel(connection, server.SessionId, TimeProvider.System);
        session.Start();
        await Until(() => server.Transcript.IsFollowed && server.LastScreens > 0);
        Assert.Equal(1, server.LastScreens);
    }

    [Fact]
    public async Task LastScreen_WhenTheServerWasAway_ComesWhenItIsThere()
    {
        server.Refusal = (503, ProblemCodes.Unavailable, "The storage does not answer.");
        using var connection = server.Connect();
        await using var session = new SessionModel(connection, server.SessionId, TimeProvider.System);
        session.Start();
        await Until(() => session.Now.Connection == FollowerState.Reconnecting);
        Assert.Equal(0, server.LastScreens);

        server.Refusal = null;

        await Until(() => server.Transcript.IsFollowed && server.LastScreens > 0);
        Assert.Equal(1, server.LastScreens);
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
            await ticks.WaitForNextTickAsync(limit.Token);
    }
}
