using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.Connection;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Hosting;
using OrleansKd.Agent.SignIn;
using OrleansKd.Agent.Spool;
using OrleansKd.Agent.Tests.Connection;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Hosting;

/// <summary>The end of an idle agent, with a real server's list of sessions and a clock that the test moves.</summary>
public sealed class IdleStopTests : IAsyncLifetime
{
    /// <summary>Far beyond grace and agreeing answers, at one look a minute.</summary>
    private const int ManyLooks = 25;

    private readonly string data = Directory.CreateTempSubdirectory("orleanskd-agent-").FullName;
    private readonly FakeTimeProvider time = new();
    private readonly ApplicationLifetime lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private TestEdge edge = null!;
    private SpoolRoot spools = null!;
    private SessionsClient sessions = null!;
    private AgentRuns runs = null!;
    private IdleStop idle = null!;

    public async ValueTask InitializeAsync()
    {
        edge = await TestEdge.StartAsync();
        spools = new SpoolRoot(data);
        await Connection.AgentProgram.KeepTokenAsync(Path.Combine(data, "token"), "token");
        sessions = new SessionsClient(edge.Address, new TokenFile(Path.Combine(data, "token")));
        var options = new AgentOptions(edge.Address, "lab", _ => Task.FromResult<string?>("token"));
        runs = new AgentRuns(options, new DebuggerLauncher(AllowedDebuggers.Find(null, []), time), new LocalStarts(false, time), spools, new KeptArguments(spools, time), new CurrentLink(), time, NullLogger<AgentRuns>.Instance);
        idle = new IdleStop(IdleStop.DefaultGrace, options, runs, sessions, lifetime, time, NullLogger<IdleStop>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await idle.StopAsync(CancellationToken.None);
        idle.Dispose();
        sessions.Dispose();
        spools.Dispose();
        await edge.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Agent_WhenNoSessionOfThisComputerIsOpen_StopsByItself()
    {
        edge.Listed = [Session(SessionState.Terminated), Session(SessionState.Active, computer: "another"), Session(SessionState.Active, isHost: false)];
        await idle.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => edge.Lists > 0);
        Assert.False(IsStopping);
        await MinutesPassAsync(() => IsStopping);
        Assert.True(time.GetUtcNow() - time.Start >= IdleStop.DefaultGrace);
    }

    [Theory]
    [InlineData(SessionState.Active, "lab")]
    [InlineData(SessionState.Closed, "LAB")]
    [InlineData(SessionState.Closed, null)]
    public async Task Agent_WhenASessionIsOpenThatHasNoRunHere_Stays(SessionState state, string? computer)
    {
        edge.Listed = [Session(SessionState.Terminated), Session(state, computer: computer)];
        await StaysAsync();
        edge.Listed = [Session(SessionState.Terminated)];
        await MinutesPassAsync(() => IsStopping);
    }

    [Fact]
    public async Task Agent_WhenTheServerIsAway_Stays()
    {
        edge.Listed = null;
        await StaysAsync();
        edge.Listed = [];
        await MinutesPassAsync(() => IsStopping);
    }

    [Fact]
    public async Task Agent_WhenAStartIsUnderWay_Stays_AndOnceItStopsStartsNothing()
    {
        var looks = edge.Lists;
        using (runs.BeginStart())
        {
            Assert.False(runs.TryBeginStop());
            await idle.StartAsync(TestContext.Current.CancellationToken);
            for (var minute = 0; minute < ManyLooks; minute++)
                time.Advance(TimeSpan.FromMinutes(1));
            Assert.False(IsStopping);
        }
        await MinutesPassAsync(() => IsStopping);
        var answer = await runs.StartAsync(new("1", SessionId.New().ToString(), 1, "gdb", "", TimeSpan.FromSeconds(5)), TestContext.Current.CancellationToken);
        Assert.False(answer.Started);
        Assert.Contains("being stopped", answer.Problem, StringComparison.Ordinal);
    }

    private bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    private async Task StaysAsync()
    {
        await idle.StartAsync(TestContext.Current.CancellationToken);
        await MinutesPassAsync(() => edge.Lists > ManyLooks);
        Assert.False(IsStopping);
    }

    private Task MinutesPassAsync(Func<bool> until) => Eventually.TrueAsync(() =>
    {
        time.Advance(TimeSpan.FromMinutes(1));
        return until();
    });

    private static SessionSummary Session(SessionState state, string? computer = "lab", bool isHost = true) => new(
        SessionId.New().ToString(), "crash", "", state, DebuggerState.Offline, new("Ann", "Contoso", "ann@contoso.example"), isHost, 0,
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, null, Computer: computer);
}
