using System.Globalization;
using System.Text.Json;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>
/// A session on a real gdbserver: closed, opened again, terminated, quit, and its debugger and agent killed; each time the command line
/// says what became of it, and why (rules F2 to F6).
/// </summary>
public sealed class LifecycleStory : IAsyncLifetime
{
    private ServerProcesses servers = null!;
    private ServerProcess server = null!;
    private ProgramRun agent = null!;
    private GdbServer stub = null!;

    public async ValueTask InitializeAsync()
    {
        servers = await ServerProcesses.OpenAsync();
        server = await servers.StartServerAsync("all");
        await servers.SignInAsync(server.Address);
        agent = await servers.StartAgentAsync(server.Address);
        stub = await GdbServer.StartAsync(await SampleProgram.CompileAsync("tick", servers.Folder), Path.Combine(servers.Folder, "ticks"));
    }

    public async ValueTask DisposeAsync()
    {
        stub.Dispose();
        await servers.DisposeAsync();
    }

    [Fact]
    public async Task Session_WhenClosedAndOpenedAgain_GoesOnWithItsServer_UntilAQuitWordEndsIt()
    {
        var id = await HostAsync(stub.Arguments);
        (await RunAsync("host", "sessions", "invite", id, "client@fabrikam.example")).Succeeded();

        var closed = (await RunAsync("host", "sessions", "close", id)).Succeeded();
        Assert.Contains("The target is stopped and stays so", closed.Error, StringComparison.Ordinal);
        Assert.Contains("TARGET STOPPED", (await UntilListedAsync(id, "closed", "TARGET STOPPED")).Out, StringComparison.Ordinal);
        Assert.Equal((true, 't'), (stub.IsAlive, stub.TargetState));
        Assert.Contains("Re-open it first", (await RunAsync("host", "sessions", "run", id, "bt")).Error, StringComparison.Ordinal);

        // The client opens it again, as it is recorded; not with anything of their own, and not when the host does not want it.
        Assert.Contains("Only the host", (await RunAsync("client", "sessions", "reopen", id, "--computer", "elsewhere")).Error, StringComparison.Ordinal);
        (await RunAsync("client", "sessions", "reopen", id)).Succeeded();
        Assert.Contains($"process {stub.TargetId}", (await RunAsync("host", "sessions", "run", id, "info inferiors")).Succeeded().Out, StringComparison.Ordinal);
        (await RunAsync("host", "sessions", "set", id, "--clients-may-reopen", "no")).Succeeded();
        (await RunAsync("host", "sessions", "close", id)).Succeeded();
        await UntilListedAsync(id, "closed", "TARGET STOPPED");
        Assert.Contains("Only the host", (await RunAsync("client", "sessions", "reopen", id)).Error, StringComparison.Ordinal);
        Assert.Contains("nowhere", (await RunAsync("host", "sessions", "reopen", id, "--computer", "nowhere")).Error, StringComparison.Ordinal);
        (await RunAsync("host", "sessions", "reopen", id)).Succeeded();

        var quit = await RunAsync("host", "sessions", "run", id, "quit", "--yes");
        Assert.Equal(5, quit.ExitCode);
        await UntilListedAsync(id, "terminated");
        var text = await ExportAsync(id);
        Assert.Contains("── Session closed by", text, StringComparison.Ordinal);
        Assert.Contains("The session was closed; the target is left stopped", text, StringComparison.Ordinal);
        Assert.Equal(3, text.Split("── Debugger started on").Length - 1);
        Assert.Equal(2, text.Split("── Session re-opened by").Length - 1);
        Assert.Contains("── Session terminated: 'quit' by Hanna Host (Contoso) ended the debugger: gdb ended with exit code 0.", text, StringComparison.Ordinal);
        Assert.Contains("is terminated for good", (await RunAsync("host", "sessions", "reopen", id)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_WhenThroughAServer_LeavesTheServerToTheNextSession()
    {
        var id = await HostAsync(stub.Arguments);
        (await RunAsync("host", "sessions", "terminate", id)).Succeeded();
        await UntilListedAsync(id, "terminated", "exited");
        Assert.Equal((true, 't'), (stub.IsAlive, stub.TargetState));

        var next = await HostAsync(stub.Arguments);
        Assert.Contains($"process {stub.TargetId}", (await RunAsync("host", "sessions", "run", next, "info inferiors")).Succeeded().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Debugger_WhenSomebodyKillsIt_EndsTheSessionForGood_AndTheReasonSaysSo()
    {
        var id = await HostAsync(stub.Arguments);
        var gdb = int.Parse((await RunAsync("host", "sessions", "run", id, "python print(__import__('os').getpid())")).Succeeded().Out, CultureInfo.InvariantCulture);

        ProgramRun.Signal(gdb, 9);

        await UntilListedAsync(id, "terminated");
        Assert.Contains("── Session terminated: somebody ended the debugger: gdb was ended by SIGKILL.", await ExportAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_WhenItIsKilledAndComesBack_ClosesASessionThroughAServer_WhichOpensAgain_AndEndsADirectOne()
    {
        var id = await HostAsync(stub.Arguments);
        var direct = await HostAsync("-nx -q");
        agent.Signal(9);
        await agent.EndAsync();
        Assert.Contains("active", (await RunAsync("host", "sessions", "list")).Succeeded().Out, StringComparison.Ordinal);

        agent = await servers.StartAgentAsync(server.Address);
        await UntilListedAsync(id, "closed");
        await UntilListedAsync(direct, "terminated");
        Assert.Contains("and gdb with it.", await ExportAsync(id), StringComparison.Ordinal);
        Assert.Contains("── Session terminated: The agent on ", await ExportAsync(direct), StringComparison.Ordinal);

        // The host goes on with a target of another server: arguments may change at a re-open.
        using var other = await GdbServer.StartAsync(await SampleProgram.CompileAsync("tick", servers.Folder), Path.Combine(servers.Folder, "more-ticks"));
        (await RunAsync("host", "sessions", "reopen", id, "--arguments", other.Arguments)).Succeeded();
        Assert.Contains($"process {other.TargetId}", (await RunAsync("host", "sessions", "run", id, "info inferiors")).Succeeded().Out, StringComparison.Ordinal);
        Assert.Contains("42", (await RunAsync("host", "sessions", "run", id, "print 6*7")).Succeeded().Out, StringComparison.Ordinal);
    }

    /// <summary>What the computer's user asks for at the computer is started, and nothing else.</summary>
    [Fact]
    public async Task Agent_WhenItStartsOnlyWhatIsAskedForHere_HasNobodyElseStartADebugger()
    {
        agent.Signal(15);
        await agent.EndAsync();
        agent = servers.StartAgent(server.Address, Path.Combine(servers.Folder, "local-only"), "host", "--local-start-only");
        await agent.WaitForAsync(text => text.Contains("connected to", StringComparison.Ordinal), "the agent's line 'connected to'");
        Assert.Contains("starts only what is asked for here", (await RunAsync("host", "agent", "status")).Succeeded().Out, StringComparison.Ordinal);

        var id = await HostAsync(stub.Arguments);
        (await RunAsync("host", "sessions", "invite", id, "client@fabrikam.example")).Succeeded();
        (await RunAsync("host", "sessions", "close", id)).Succeeded();
        Assert.Contains("--local-start-only", (await RunAsync("client", "sessions", "reopen", id)).Error, StringComparison.Ordinal);
        await UntilListedAsync(id, "closed");
        (await RunAsync("host", "sessions", "reopen", id)).Succeeded();
        Assert.Contains("42", (await RunAsync("host", "sessions", "run", id, "print 6*7")).Succeeded().Out, StringComparison.Ordinal);
        Assert.True(stub.IsAlive);
    }

    private async Task<string> HostAsync(string arguments)
    {
        var result = (await RunAsync("host", "sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", arguments, "--name", "stub", "--yes", "--json")).Succeeded();
        var id = JsonDocument.Parse(result.Out).RootElement.GetProperty("id").GetString()!;
        (await RunAsync("host", "sessions", "run", id, "print 1")).Succeeded();
        return id;
    }

    private async Task<ProgramResult> RunAsync(string profile, params string[] arguments)
    {
        await using var run = servers.Start(server.Address, profile, arguments);
        return await run.EndAsync();
    }

    /// <summary>Lists until this session's line has all of these words.</summary>
    private async Task<ProgramResult> UntilListedAsync(string id, params string[] words)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var list = (await RunAsync("host", "sessions", "list")).Succeeded();
            var line = list.Out.Split('\n').Single(line => line.StartsWith(id, StringComparison.Ordinal));
            if (words.All(word => line.Contains(word, StringComparison.Ordinal)))
                return list with { Out = line };
            Assert.False(limit.IsCancellationRequested, $"Waited for {string.Join(", ", words)}: {line}");
        }
    }

    private async Task<string> ExportAsync(string id) => (await RunAsync("host", "sessions", "export", id, "--format", "text")).Succeeded().Out;
}
