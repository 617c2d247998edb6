using OrleansKd.Contracts;
using OrleansKd.Testing.Kd;

namespace OrleansKd.Agent.Tests.Debugger.Kd;

/// <summary>Through a real KD server on a kernel, with other participants (rules B4, F2, F4).</summary>
public sealed class KdServerTests(KdFixture kd)
{
    [KdFact]
    public async Task Commands_EndAtThePrompt_AndOthersSeeNothingButThem()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, "kd> ");
        await using var session = await JoinAsync(server);
        for (var i = 0; i < 5; i++)
            Assert.Equal($"number {i}\n", await session.RunAsync($".echo number {i}"));
        Assert.DoesNotContain("okd-", server.Console.Output, StringComparison.Ordinal);
        await server.Console.UntilAsync("kd> .echo number 4\nnumber 4\n");
    }

    [KdFact]
    public async Task Others_LetTheTargetRunAndStopIt_AsTheStatesSay()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, "kd> ");
        await using var session = await JoinAsync(server);
        await server.Console.AskAsync(".echo mine", "mine\n");
        await Eventually.TrueAsync(() => session.Record.Text.EndsWith("kd> .echo mine\nmine\n", StringComparison.Ordinal));
        Assert.Equal("hers\n", await session.RunAsync(".echo hers"));
        await server.Console.SayAsync("g");
        await session.UntilAsync(DebuggerState.Running);
        server.Console.Break();
        await session.UntilAsync(DebuggerState.Ready);
        Assert.Contains("rip=", await session.RunAsync("r"), StringComparison.Ordinal);
    }

    [KdFact]
    public async Task Start_WhenTheTargetRuns_HasStarted_AndABreakStopsIt()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, "kd> ");
        await server.Console.SayAsync("g");
        await target.RunsOnAsync();
        await using var session = await ConnectAsync(server);
        await session.UntilAsync(DebuggerState.Running);
        await session.BreakAsync();
        await target.StaysFrozenAsync();
    }

    [KdFact]
    public async Task Leave_WithoutAFate_TouchesNeitherServerNorTarget()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, "kd> ");
        await using (var stopped = await JoinAsync(server))
        {
            Assert.Equal(0, (await stopped.LeaveAsync(null)).Exit.ExitCode);
            await server.Console.UntilAsync("disconnected at");
            await target.StaysFrozenAsync();
        }
        await server.Console.SayAsync("g");
        await target.RunsOnAsync();
        await using (var running = await ConnectAsync(server))
        {
            await running.UntilAsync(DebuggerState.Running);
            Assert.Equal(0, (await running.LeaveAsync(null)).Exit.ExitCode);
            await target.RunsOnAsync();
        }
        await using var next = await ConnectAsync(server);
        await next.UntilAsync(DebuggerState.Running);
        await target.RunsOnAsync();
    }

    [KdFact]
    public async Task Leave_WithAFate_GivesTheTargetThatFateOnly()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, "kd> ");
        await using (var session = await JoinAsync(server))
        {
            Assert.Equal(TargetFate.LetRun, (await session.LeaveAsync(TargetFate.LetRun)).Left);
            await target.RunsOnAsync();
        }
        await using (var session = await ConnectAsync(server))
        {
            await session.UntilAsync(DebuggerState.Running);
            Assert.Equal(TargetFate.LeaveStopped, (await session.LeaveAsync(TargetFate.LeaveStopped)).Left);
            await target.StaysFrozenAsync();
        }
        await using var next = await JoinAsync(server);
    }

    [KdFact]
    public async Task CtrlB_LeavesTheServer_AndOneThatIsKilledDoesToo()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, "kd> ");
        await using (var session = await JoinAsync(server))
        {
            Assert.Null(session.Debugger.Press("b"));
            var exit = await session.Process.Exited;
            Assert.True(exit.ExitCode == 0, $"{exit}\n{session.Record.Text}");
        }
        await using (var session = await JoinAsync(server))
        {
            session.Process.Kill();
            await session.Process.Exited;
        }
        await using var next = await JoinAsync(server);
        Assert.Contains("rip=", await next.RunAsync("r"), StringComparison.Ordinal);
        await target.StaysFrozenAsync();
    }

    [KdFact]
    public async Task Quit_IsRefusedToAClient_AndQqEndsTheServer()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, "kd> ");
        await using var session = await JoinAsync(server);
        Assert.Contains("use an extra q", await session.RunAsync("q"), StringComparison.Ordinal);
        session.Begin("qq");
        await session.Process.Exited;
        Assert.Equal(0, await server.Console.EndAsync());
        await target.StaysFrozenAsync();
        var problem = await Assert.ThrowsAsync<OrleansKd.Agent.Debugger.DebuggerStartException>(() => ConnectAsync(server));
        Assert.Contains("exit code 1 before its first prompt", problem.Message, StringComparison.Ordinal);
    }

    [KdFact]
    public async Task Server_WhenItIsKilled_EndsTheClientWithACode()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, "kd> ");
        await using var session = await JoinAsync(server);
        server.Console.Kill();
        var exit = await session.Process.Exited;
        Assert.Null(exit.Signal);
        Assert.Contains("is gone", session.Record.Text, StringComparison.Ordinal);
    }

    private Task<KdSession> JoinAsync(KdServer server) => KdSession.StartAtPromptAsync(kd.Kd, "-remote", server.Transport);

    private Task<KdSession> ConnectAsync(KdServer server) => KdSession.StartAsync(kd.Kd, "-remote", server.Transport);
}
