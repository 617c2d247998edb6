using System.Diagnostics;
using OrleansKd.Agent.Tests.Connection;
using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Contracts;
using OrleansKd.Testing.Kernel;

namespace OrleansKd.Agent.Tests.Kernel;

/// <summary>The end of the agent's program while its gdb holds a real kernel: the guest stays as it was, running or stopped.</summary>
[Collection(KernelFixture.Name)]
public sealed class KernelAgentTests(KernelFixture kernel) : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("orleanskd-agent-").FullName;
    private readonly string session = SessionId.New().ToString();
    private TestEdge edge = null!;
    private TestSession run = null!;

    public async ValueTask InitializeAsync()
    {
        edge = await TestEdge.StartAsync();
        run = edge.Create(session);
    }

    public async ValueTask DisposeAsync()
    {
        await edge.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Kill_OfTheAgent_WhileTheGuestRunsTowardsABreakpoint_LetsItRunWithoutTheBreakpoint()
    {
        var guest = await kernel.RunningAsync();
        using var agent = await HostAsync(guest, "hbreak __x64_sys_execve", "ignore 1 1000000");
        Begin("continue");
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Running));
        await EndsWithAsync(agent);
        await guest.RunsAsync();
    }

    [Fact]
    public async Task Kill_OfTheAgent_WhileTheGuestIsStoppedAtABreakpoint_KeepsItStoppedForTheNextGdb()
    {
        var guest = await kernel.RunningAsync();
        using var agent = await HostAsync(guest, "hbreak __x64_sys_execve", "continue");
        await EndsWithAsync(agent);
        await guest.StandsStillAsync();
        await kernel.ResumeAsync();
    }

    [Theory]
    [InlineData("python while True: pass")]
    [InlineData("info functions .")]
    public async Task Kill_OfTheAgent_InMidCommand_KeepsTheStoppedGuestStopped(string command)
    {
        var guest = await kernel.RunningAsync();
        using var agent = await HostAsync(guest);
        var id = Begin(command);
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandStarted, id));
        await EndsWithAsync(agent);
        await guest.StandsStillAsync();
        await kernel.ResumeAsync();
    }

    [Fact]
    public async Task Kill_OfTheAgent_WhileTheGuestIsStepped_HarmsNothing()
    {
        var guest = await kernel.RunningAsync();
        using var agent = await HostAsync(guest);
        Begin("stepi 1000000");
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Running));
        await EndsWithAsync(agent);
        await guest.RunsAsync();
    }

    [Fact]
    public async Task Terminate_OfTheAgent_WhileTheGuestIsStopped_KeepsItStopped()
    {
        var guest = await kernel.RunningAsync();
        using var agent = await HostAsync(guest, "hbreak __x64_sys_execve", "continue");
        Assert.Equal(0, await AgentProgram.StopAsync(agent));
        await guest.StandsStillAsync();
        await kernel.ResumeAsync();
    }

    private async Task<Process> HostAsync(KernelGuest guest, params string[] commands)
    {
        var agent = await AgentProgram.StartAsync(edge, data, data);
        var answer = await edge.RequestAsync(session, guest.Arguments);
        Assert.True(answer.ThroughServer, answer.Problem);
        await guest.StandsStillAsync();
        foreach (var command in commands)
        {
            var id = Begin(command);
            await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, id), command);
        }
        return agent;
    }

    private string Begin(string command)
    {
        var id = $"c{run.Chunks.Count}";
        run.Instruct(AgentInstructionKind.RunCommand, id, command);
        return id;
    }

    /// <summary>Ends the agent the hard way; its gdb ends too.</summary>
    private static async Task EndsWithAsync(Process agent)
    {
        var gdb = Children(agent.Id).Single();
        await AgentProgram.KillAsync(agent);
        using var debugger = new ForeignProcess(gdb);
        await Eventually.TrueAsync(() => !debugger.IsAlive, "gdb ended");
    }

    private static IEnumerable<int> Children(int process) => Directory.EnumerateDirectories($"/proc/{process}/task")
        .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse);
}
