using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using OrleansKd.Agent.Control;
using OrleansKd.Contracts;
using OrleansKd.Local.Processes;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The agent comes when it is needed, outlives who needed it, and goes when nothing is left to do.</summary>
public sealed class AgentStory : IAsyncLifetime
{
    private const int NoAgent = 9;
    private const int AgentRunsAlready = 10;

    private ServerProcesses servers = null!;
    private ServerProcess server = null!;

    public async ValueTask InitializeAsync()
    {
        servers = await ServerProcesses.OpenAsync();
        server = await servers.StartServerAsync("all");
        await servers.SignInAsync(server.Address);
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();

    [Fact]
    public async Task Host_FromTheTerminalClient_StartsTheAgent_WhichOutlivesClientAndTerminal()
    {
        var program = await SampleProgram.CompileAsync("crash", servers.Folder);
        var terminal = await Terminal.OpenAsync($"story-{RandomNumberGenerator.GetHexString(8)}", servers.Environment,
            ["dotnet", BuiltProgram.PathOf(BuiltProgram.Client), "--profile", "host", "--server", server.Address.GetLeftPart(UriPartial.Authority)]);
        await terminal.ShowsAsync("Hanna Host (Contoso)");
        await terminal.PressAsync("F2");
        await terminal.ShowsAsync("I understand: host it directly");
        await terminal.PressAsync("Tab", "Tab");
        await terminal.TypeAsync($"-nx -q {program}");
        await terminal.PressAsync("Tab");
        await terminal.TypeAsync("crash");
        await terminal.PressAsync("Tab", "Tab", "Space", "Enter");
        await terminal.ShowsAsync("debugger ready");
        using var client = Process.GetProcessById(await terminal.ProcessIdAsync());
        var agent = await StatusAsync();
        var session = Assert.Single(agent!.Sessions);
        Assert.True(agent.StopsWhenIdle);
        Assert.Equal($"{agent.ProcessId}", StatOf(agent.ProcessId, 6));
        Assert.Equal("0", StatOf(agent.ProcessId, 7));
        Assert.Equal("/dev/null", File.ResolveLinkTarget($"/proc/{agent.ProcessId}/fd/0", returnFinalTarget: false)!.FullName);
        Assert.Equal(servers.AgentPlaceOf(server.Address).StartOutput, File.ResolveLinkTarget($"/proc/{agent.ProcessId}/fd/2", returnFinalTarget: false)!.FullName);

        await terminal.CutAsync();
        await client.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        var after = await StatusAsync();
        Assert.Equal((agent.ProcessId, session.ProcessId), (after!.ProcessId, Assert.Single(after.Sessions).ProcessId));
        Assert.Contains("42", (await RunAsync("sessions", "run", session.Id, "print 6*7")).Succeeded().Out, StringComparison.Ordinal);
        Assert.Equal("", await File.ReadAllTextAsync(servers.AgentPlaceOf(server.Address).StartOutput, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Agent_WhenSeveralHostAtOnce_IsOneForAll_AndIsStoppedByItsUser()
    {
        Assert.Equal(NoAgent, (await RunAsync("agent", "status")).ExitCode);
        var hosted = await Task.WhenAll(HostAsync("one"), HostAsync("two"));

        var status = JsonDocument.Parse((await RunAsync("agent", "status", "--json")).Succeeded().Out).RootElement;
        var agent = status.GetProperty("processId").GetInt32();
        Assert.Equal(hosted.Order(), status.GetProperty("sessions").EnumerateArray().Select(session => session.GetProperty("id").GetString()!).Order());
        var shown = (await RunAsync("agent", "status")).Succeeded().Out;
        Assert.All(hosted, id => Assert.Contains(id, shown, StringComparison.Ordinal));
        Assert.Contains("connected since", shown, StringComparison.Ordinal);

        var second = await RunAsync("agent", "run");
        Assert.Equal(AgentRunsAlready, second.ExitCode);
        Assert.Contains($"process {agent}", second.Error, StringComparison.Ordinal);

        var stopped = (await RunAsync("agent", "stop", "--yes")).Succeeded();
        Assert.All(hosted, id => Assert.Contains($"session {id}: gdb", stopped.Error, StringComparison.Ordinal));
        await UntilAsync(() => Task.FromResult(!Directory.Exists($"/proc/{agent}")));
        Assert.Equal(NoAgent, (await RunAsync("agent", "status")).ExitCode);
        await UntilAsync(async () => (await RunAsync("sessions", "list")).Out.Split("terminated").Length == 3);
        Assert.Equal(0, (await RunAsync("agent", "stop")).ExitCode);
    }

    [Fact]
    public async Task Host_WhenTheAgentWasKilled_StartsANewOne()
    {
        await HostAsync("before");
        var killed = (await StatusAsync())!.ProcessId;
        ProgramRun.Signal(killed, 9);
        await UntilAsync(() => Task.FromResult(!Directory.Exists($"/proc/{killed}")));
        Assert.Equal(NoAgent, (await RunAsync("agent", "status")).ExitCode);

        var id = await HostAsync("after");
        var status = await StatusAsync();
        Assert.NotEqual(killed, status!.ProcessId);
        Assert.Contains(id, status.Sessions.Select(session => session.Id));
    }

    [Fact]
    public async Task Host_WhenTheAgentEndsAtItsStart_ShowsWhatItSaid()
    {
        var place = servers.AgentPlaceOf(server.Address);
        // There is a file where its spools shall be.
        Directory.CreateDirectory(place.Folder);
        await File.WriteAllTextAsync(place.DefaultData, "in the way", TestContext.Current.CancellationToken);
        var refused = await RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx", "--name", "n");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("ended while it started", refused.Error, StringComparison.Ordinal);
        Assert.Contains(place.DefaultData, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_WhenItsOnlySessionIsTerminated_EndsByItself_AndNotBefore()
    {
        const string Minutes = "0.03";
        var agent = servers.StartAgent(server.Address, Path.Combine(servers.Folder, "data"), "host", "--stop-when-idle", "--idle-after", Minutes);
        await agent.WaitForAsync(text => text.Contains("connected to", StringComparison.Ordinal), "the agent's line 'connected to'");
        var id = await HostAsync("only");
        (await RunAsync("sessions", "close", id)).Succeeded();
        // Each command takes about as long as the agent needs to be idle.
        for (var count = 0; count < 4; count++)
            Assert.Contains("losed", (await RunAsync("sessions", "list")).Succeeded().Out, StringComparison.Ordinal);
        Assert.False(agent.HasExited);

        (await RunAsync("sessions", "terminate", id, "--yes")).Succeeded();
        Assert.Equal(0, (await agent.EndAsync()).ExitCode);
        Assert.Contains("stops by itself", agent.Error, StringComparison.Ordinal);
        Assert.Contains("terminated", (await RunAsync("sessions", "list")).Succeeded().Out, StringComparison.Ordinal);
    }

    private async Task<string> HostAsync(string name)
    {
        var hosted = (await RunAsync("sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", "-nx -q", "--name", name, "--json")).Succeeded();
        return JsonDocument.Parse(hosted.Out).RootElement.GetProperty("id").GetString()!;
    }

    private Task<ProgramResult> RunAsync(params string[] arguments) => servers.Start(server.Address, "host", arguments).EndAsync();

    private Task<AgentStatus?> StatusAsync() => ControlClient.AskAsync(servers.AgentPlaceOf(server.Address), ControlVerb.Status, TestContext.Current.CancellationToken);

    /// <summary>A field of <c>/proc/PID/stat</c>, from 1: 6 is the session, 7 the terminal.</summary>
    private static string StatOf(int process, int field)
    {
        var status = File.ReadAllText($"/proc/{process}/stat");
        return status[(status.LastIndexOf(')') + 2)..].Split(' ')[field - 3];
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
