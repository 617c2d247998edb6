using System.Diagnostics;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.Tests.Connection;
using OrleansKd.Contracts;
using OrleansKd.Testing.Kd;

namespace OrleansKd.Agent.Tests.Debugger.Kd;

/// <summary>What becomes of a real engine and its target when the agent ends.</summary>
public sealed class KdAgentTests(KdFixture kd) : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("orleanskd-agent-").FullName;
    private readonly string session = SessionId.New().ToString();
    private TestEdge edge = null!;

    public async ValueTask InitializeAsync()
    {
        edge = await TestEdge.StartAsync();
        await AgentProgram.KeepTokenAsync(TokenFile, "token");
    }

    private string TokenFile => Path.Combine(data, "token");

    public async ValueTask DisposeAsync()
    {
        await edge.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [KdFact]
    public async Task Kill_WhileAKernelRuns_EndsKdAndLeavesTheKernelRunning()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        using (var agent = await StartAsync())
        {
            var run = edge.Create(session);
            await RequestAsync(target.Arguments);
            run.Instruct(AgentInstructionKind.RunCommand, "c1", "g");
            await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandStarted, "c1") && run.Chunks[^1].State == DebuggerState.Running);
            await target.RunsOnAsync();
            await KillAsync(agent);
        }
        await target.RunsOnAsync();
        await using var next = await KdSession.StartAsync(kd.Kd, target.Arguments);
        await next.BreakAsync();
    }

    [KdFact]
    public async Task Kill_WhileAKernelIsStopped_EndsKdAndLeavesTheKernelStopped()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        using (var agent = await StartAsync())
        {
            var run = edge.Create(session);
            await RequestAsync(target.Arguments);
            await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Ready));
            await KillAsync(agent);
        }
        await target.StaysFrozenAsync();
        await using var next = await KdSession.StartAtPromptAsync(kd.Kd, target.Arguments);
    }

    [KdFact]
    public async Task EndOfTheAgent_ThroughAServer_TouchesNeitherServerNorTarget()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, "kd> ");
        foreach (var end in (Func<Process, Task>[])[KillAsync, StopAsync])
        {
            using var agent = await StartAsync();
            var id = SessionId.New().ToString();
            var run = edge.Create(id);
            await RequestAsync(["-remote", server.Transport], id);
            await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Ready));
            await end(agent);
            await target.StaysFrozenAsync();
        }
        await using var next = await KdSession.StartAtPromptAsync(kd.Kd, "-remote", server.Transport);
        Assert.Contains("rip=", await next.RunAsync("r"), StringComparison.Ordinal);
    }

    private async Task RequestAsync(IEnumerable<string> arguments, string? id = null)
    {
        var answer = await edge.RequestAsync(id ?? session, ArgumentSplitter.Join(arguments), kd.Kd);
        Assert.True(answer.Started, answer.Problem);
    }

    private async Task<Process> StartAsync()
    {
        var agent = AgentProcess.Start(data, "run", "--server", edge.Address.AbsoluteUri, "--token-file", TokenFile, "--data", Path.Combine(data, "spool"), "--computer", "lab", "--allow", kd.Kd);
        agent.BeginErrorReadLine();
        Assert.StartsWith("agent lab connected", await agent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        return agent;
    }

    private static async Task KillAsync(Process agent)
    {
        _ = LibC.kill(agent.Id, Signals.Kill);
        await agent.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task StopAsync(Process agent)
    {
        _ = LibC.kill(agent.Id, Signals.Terminate);
        await agent.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Limit);
        Assert.Equal(0, agent.ExitCode);
    }
}
