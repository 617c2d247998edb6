using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansKd.Agent.Control;
using OrleansKd.Contracts;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary>The commands for the agent on this computer, over its real control channel.</summary>
public sealed class AgentCommandTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-place-").FullName;
    private readonly ControlledAgent agent = new();
    private ScriptedServer server = null!;
    private ControlServer control = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ScriptedServer.StartAsync();
        server.AgentPlace = new AgentPlace(folder, folder, "default", server.Address);
        control = new ControlServer(server.AgentPlace, agent, NullLogger<ControlServer>.Instance);
        agent.Stopping = () => _ = control.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await control.StopAsync(CancellationToken.None);
        control.Dispose();
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Status_WhenNoAgentRuns_SaysSoAndWhereItsLogIs()
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.NoAgent, await cli.RunAsync("agent", "status"));
        Assert.Contains(server.AgentPlace.LogFile, cli.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("agent", "stop"));
    }

    [Fact]
    public async Task Status_ShowsConnectionDebuggersAndSessions()
    {
        await control.StartAsync(TestContext.Current.CancellationToken);
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("agent", "status"));
        foreach (var shown in (string[])["process 77", "stops when idle", "NOT CONNECTED: the server is away", "/usr/bin/gdb", "/log/file", "/data", "gdb (direct)", "4711", "12345 bytes", "kd (through a KD server)", "gone"])
            Assert.Contains(shown, cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_WithJson_IsTheWholeStatus()
    {
        await control.StartAsync(TestContext.Current.CancellationToken);
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("agent", "status", "--json"));
        var status = JsonDocument.Parse(cli.Out).RootElement;
        Assert.Equal(77, status.GetProperty("processId").GetInt32());
        Assert.Equal(3, status.GetProperty("sessions").GetArrayLength());
        Assert.Equal("ready", status.GetProperty("sessions")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Stop_SaysWhatBecomesOfEachTarget_AndAPersonMaySayNo()
    {
        await control.StartAsync(TestContext.Current.CancellationToken);
        var cli = new Cli(server) { Answer = "n\n" };
        Assert.Equal(ExitCodes.Cancelled, await cli.RunAsync("agent", "stop"));
        Assert.Contains("session one: gdb (process 4711) is left; its target is let run", cli.Error, StringComparison.Ordinal);
        Assert.Contains("session two: kd (process 4712) is left; the KD server and its target go on", cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("session three", cli.Error, StringComparison.Ordinal);
        Assert.Contains("these 2 debuggers", cli.Error, StringComparison.Ordinal);
        Assert.Equal(0, agent.Stops);
    }

    [Fact]
    public async Task Stop_WhenThePersonSaysYes_WaitsUntilItHasEnded()
    {
        await control.StartAsync(TestContext.Current.CancellationToken);
        var cli = new Cli(server) { Answer = "y\n" };
        Assert.Equal(ExitCodes.Done, await cli.RunAsync("agent", "stop"));
        Assert.Equal(1, agent.Stops);
        Assert.Contains("process 77) has ended", cli.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--idle-after", "0")]
    [InlineData("--spool-limit", "much")]
    [InlineData("--encoding", "klingon")]
    [InlineData("--computer", "")]
    public async Task Run_WithAWrongOption_IsWrongUsage(string option, string value)
    {
        var cli = new Cli(server);
        Assert.Equal(ExitCodes.Usage, await cli.RunAsync("agent", "run", option, value));
        Assert.StartsWith("orleanskd: ", cli.Error, StringComparison.Ordinal);
    }

    private sealed class ControlledAgent : IControlledAgent
    {
        public int Stops { get; private set; }

        public Action Stopping { get; set; } = () => { };

        public AgentStatus Describe() => new(
            77, "1.2.3", "default", new Uri("http://127.0.0.1:1"), "kdbox", DateTimeOffset.UnixEpoch, null, "the server is away", true, false, false, ["/usr/bin/gdb"], "/log/file", "/data",
            [
                new("one", 1, "gdb", 4711, DebuggerState.Ready, false, DateTimeOffset.UnixEpoch, 12345, SpoolState.Normal),
                new("two", 2, "kd", 4712, DebuggerState.Running, true, DateTimeOffset.UnixEpoch, 0, SpoolState.Normal),
                new("three", 1, "gdb", null, DebuggerState.Exited, false, DateTimeOffset.UnixEpoch, 1, SpoolState.Normal),
            ]);

        public void Expect(LocalStart? start)
        {
        }

        public void Stop()
        {
            Stops++;
            Stopping();
        }
    }
}
