using System.Diagnostics;
using System.Text.Json;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Silo.Tests.Storage;

/// <summary>A real server with an agent and a session of a real gdb, whose storage a test takes away and brings back.</summary>
internal sealed class HostedSession : IAsyncDisposable
{
    /// <summary>Storage is looked at anew every 2 seconds; the rest is a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private HostedSession(ServerProcesses servers) => Servers = servers;

    public ServerProcesses Servers { get; }

    public ServerProcess Server { get; private set; } = null!;

    private readonly ServerPlace place = ServerPlace.Anywhere();

    public string Id { get; private set; } = "";

    public static async Task<HostedSession> OpenAsync(bool keepStorage, Action<IDictionary<string, string?>>? configure = null)
    {
        var session = new HostedSession(await ServerProcesses.OpenAsync(configure, keepStorage));
        try
        {
            session.Server = await session.Servers.StartServerAsync("all", session.place);
            await session.Servers.SignInAsync(session.Server.Address);
            await session.Servers.StartAgentAsync(session.Server.Address);
            var hosted = (await session.RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx -q", "--name", "outage", "--json")).Succeeded();
            session.Id = JsonDocument.Parse(hosted.Out).RootElement.GetProperty("id").GetString()!;
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9, and another process in its place.</summary>
    public async Task KillServerAsync()
    {
        Server.Run.Signal(9);
        await Server.Run.EndAsync();
        Server = await Servers.StartServerAsync("all", place);
    }

    /// <summary>One command of the host's command line.</summary>
    public Task<ProgramResult> RunAsync(params string[] arguments) => Servers.Start(Server.Address, "host", arguments).EndAsync();

    /// <summary>Lets the debugger print and waits until the transcript has it.</summary>
    public async Task PrintAsync(string text) => (await RunAsync("sessions", "run", Id, $"echo {text}\\n")).Succeeded();

    public async Task<string> TranscriptAsync() => (await RunAsync("sessions", "export", Id, "--format", "text")).Succeeded().Out;

    /// <summary>Waits until the server is healthy, or is not and says why. The server lives meanwhile.</summary>
    public async Task<string> HealthBecomesAsync(bool healthy, string text = "")
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Poll);
        while (true)
        {
            var health = await Servers.HealthAsync(Server.Address);
            if (health.IsHealthy == healthy && health.Text.Contains(text, StringComparison.Ordinal))
                return health.Text;
            Assert.True(watch.Elapsed < Limit, $"The health is '{health.Text}' still. The server wrote:\n{Server.Run.Out}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The server lives, answers and says that it is unhealthy for all of this time.</summary>
    public async Task StaysUnhealthyAsync(TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Poll);
        while (watch.Elapsed < time)
        {
            Assert.False((await Servers.HealthAsync(Server.Address)).IsHealthy);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Does something that storage's return makes possible again, until it succeeds.</summary>
    public async Task<ProgramResult> EventuallyAsync(params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Poll);
        while (true)
        {
            var result = await RunAsync(arguments);
            if (result.ExitCode == 0)
                return result;
            Assert.True(watch.Elapsed < Limit, $"{string.Join(' ', arguments)} still fails: {result.Error}\nThe server wrote:\n{Server.Run.Out}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => Servers.DisposeAsync();
}
