using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary><c>sessions list --watch</c>: the list, then its changes, over cuts.</summary>
public sealed class ListWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ScriptedServer.StartAsync();
        server.Sessions = [server.Summary()];
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Watch_WhenSessionsComeChangeAndGo_WritesALineForEach()
    {
        var cli = await WatchAsync([], async () =>
        {
            server.Sessions = [server.Summary(), server.Summary(isHost: false) with { Id = "y", Name = "Evil \u001b[2J" }];
            await ToldAsync();
            server.Sessions = [server.Summary(SessionState.Closed), server.Summary(isHost: false) with { Id = "y", Name = "Evil \u001b[2J" }];
            await ToldAsync();
            server.Sessions = [server.Summary(SessionState.Closed)];
            await ToldAsync();
            server.Me = server.Me with { MayHost = false, WaitingRequests = 2 };
        });

        string[][] expected =
        [
            ["CHANGE", "ID", "STATE"], ["listed", server.SessionId, "active", "Crash in ntfs"], ["new", "y", "client", "Evil ␛[2J"],
            ["changed", server.SessionId, "closed", "Crash in ntfs"], ["gone", "y", "Evil"], ["account", "may not host sessions", "2 people wait"],
        ];
        var lines = cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Length, lines.Length);
        Assert.All(expected.Zip(lines), pair => Assert.All(pair.First, word => Assert.Contains(word, pair.Second, StringComparison.Ordinal)));
        Assert.DoesNotContain('\u001b', cli.Out);
        Assert.Equal("", cli.Error);
    }

    [Fact]
    public async Task Watch_WhenTheConnectionIsCut_SaysSoAndGoesOnWhereItWas()
    {
        var cli = await WatchAsync([], async () =>
        {
            server.Refusal = (503, ProblemCodes.Unavailable, "The server stops.");
            await Until(() => server.Refused >= 2);
            server.Sessions = [server.Summary(), server.Summary() with { Id = "z", Name = "Meanwhile" }];
            server.Refusal = null;
        });

        Assert.Equal("orleanskd: connection lost: The server stops. Trying again.\n", cli.Error);
        var lines = cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains("new       z", lines[2], StringComparison.Ordinal);
        Assert.Equal(1, server.Feed.Beginnings);
    }

    [Fact]
    public async Task Watch_WithJson_WritesAPageOnALine_AndGoesOnAfterOne()
    {
        var first = Pages(await WatchAsync(["--json"], async () =>
        {
            server.Sessions = [];
            await ToldAsync();
        }));
        server.Sessions = [server.Summary(SessionState.Terminated)];
        var second = Pages(await WatchAsync(["--json", "--after", first[^1].Next], () => Task.CompletedTask));

        Assert.Equal([(true, 1, 0), (false, 0, 1)], first.Select(page => (page.IsBeginning, page.Sessions.Length, page.Removed.Length)));
        Assert.Equal(server.SessionId, Assert.Single(first[1].Removed));
        var page = Assert.Single(second);
        Assert.Equal((false, SessionState.Terminated), (page.IsBeginning, Assert.Single(page.Sessions).State));
        Assert.Equal(1, server.Feed.Beginnings);
    }

    [Fact]
    public async Task Watch_WhenTheListComesInSeveralPages_IsOneList()
    {
        server.Feed.PageItems = 2;
        server.Sessions = [.. Enumerable.Range(0, 5).Select(i => server.Summary() with { Id = $"s{i}" })];

        var cli = await WatchAsync([], () => Task.CompletedTask);

        Assert.Equal(["CHANGE", "s0", "s1", "s2", "s3", "s4"], cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[line.StartsWith("TIME", StringComparison.Ordinal) ? 1 : 2]));
    }

    [Fact]
    public async Task Watch_WhenTheSignInHasEnded_Ends()
    {
        server.Refusal = (401, ProblemCodes.NotSignedIn, "Your sign-in has ended.");
        var cli = new Cli(server);

        Assert.Equal(ExitCodes.NotSignedIn, await cli.RunAsync("sessions", "list", "--watch"));
        Assert.Equal("orleanskd: Your sign-in has ended.\n", cli.Error);
    }

    /// <summary>Watches while something is done, and until that has been told.</summary>
    private async Task<Cli> WatchAsync(string[] arguments, Func<Task> act)
    {
        using var ending = new CancellationTokenSource();
        var cli = new Cli(server);
        var watching = cli.RunAsync(ending.Token, ["sessions", "list", "--watch", .. arguments]);
        await ToldAsync();
        await act();
        await ToldAsync();
        await ending.CancelAsync();
        Assert.Equal(ExitCodes.Interrupted, await watching);
        return cli;
    }

    /// <summary>Who asks for what follows the newest change has told it.</summary>
    private Task ToldAsync() => Until(() => server.Feed.Asked == server.Feed.Newest);

    private static FeedPage[] Pages(Cli cli) => [.. cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<FeedPage>(line, WireJson.Options)!)];

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
