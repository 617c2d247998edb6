using System.Diagnostics;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>The agent's program with one debugger, for tests that end the agent.</summary>
internal sealed class HostedDebugger : IAsyncDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("orleanskd-agent-").FullName;
    private readonly TestEdge edge;
    private readonly TestSession run;
    private readonly string session = SessionId.New().ToString();
    private Process agent = null!;
    private ForeignProcess debugger = null!;

    private HostedDebugger(TestEdge edge) => (this.edge, run) = (edge, edge.Create(session));

    /// <summary>Hosts gdb through a server. It is at its prompt with its target stopped, after these commands.</summary>
    public static Task<HostedDebugger> StartAsync(string arguments, params string[] commands) => StartAsync("gdb", isThroughServer: true, arguments, commands);

    /// <summary>Hosts this debugger. It is at its prompt with its target stopped, after these commands.</summary>
    public static async Task<HostedDebugger> StartAsync(string program, bool isThroughServer, string arguments, params string[] commands)
    {
        var hosted = new HostedDebugger(await TestEdge.StartAsync());
        try
        {
            hosted.agent = await AgentProgram.StartAsync(hosted.edge, hosted.data, hosted.data);
            var answer = await hosted.edge.RequestAsync(hosted.session, arguments, program);
            Assert.True(answer.Started, answer.Problem);
            Assert.Equal(isThroughServer, answer.ThroughServer);
            hosted.debugger = new ForeignProcess(Children(hosted.agent.Id).Single());
            foreach (var command in commands)
            {
                var id = hosted.Begin(command);
                await Eventually.TrueAsync(() => hosted.run.Has(AgentChunkKind.CommandCompleted, id), command);
            }
            return hosted;
        }
        catch
        {
            await hosted.DisposeAsync();
            throw;
        }
    }

    /// <summary>Enters a command that resumes the target, and waits until it runs.</summary>
    public async Task ResumeAsync(string command)
    {
        var seen = run.Chunks.Count;
        Begin(command);
        await Eventually.TrueAsync(() => run.Chunks.Skip(seen).Any(chunk => chunk.State == DebuggerState.Running), command);
    }

    /// <summary>Enters a command, and waits until the debugger works on it.</summary>
    public async Task BeginAsync(string command)
    {
        var id = Begin(command);
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandStarted, id), command);
    }

    /// <summary>Ends the agent by SIGKILL; its debugger ends too.</summary>
    /// <param name="meanwhile">Before the debugger is waited for; gets its process id.</param>
    /// <param name="isKept">Its process number lives on beside a stopped target.</param>
    public async Task KillAgentAsync(Func<int, Task>? meanwhile = null, bool isKept = false)
    {
        await AgentProgram.KillAsync(agent);
        await (meanwhile?.Invoke(debugger.Id) ?? Task.CompletedTask);
        if (!isKept)
            await Eventually.TrueAsync(() => !debugger.IsAlive, "the debugger ended");
    }

    /// <summary>Ends the agent by SIGTERM; it waits for its debugger.</summary>
    public async Task TerminateAgentAsync()
    {
        Assert.Equal(0, await AgentProgram.StopAsync(agent));
        Assert.False(debugger.IsAlive);
    }

    /// <summary>The one process of this computer that the debugger holds by a server that it started.</summary>
    public int TargetOfServer() => Assert.Single(Children(debugger.Id).SelectMany(Tracees.Of));

    /// <summary>What this process started and what lives.</summary>
    public static IEnumerable<int> Children(int process) => Directory.EnumerateDirectories($"/proc/{process}/task")
        .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse);

    public async ValueTask DisposeAsync()
    {
        if (agent is { HasExited: false })
            await AgentProgram.StopAsync(agent);
        agent?.Dispose();
        debugger?.Dispose();
        await edge.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    private string Begin(string command)
    {
        var id = Guid.NewGuid().ToString("N");
        run.Instruct(AgentInstructionKind.RunCommand, id, command);
        return id;
    }
}
