using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;
using OrleansKd.Testing.Kd;

namespace OrleansKd.Agent.Tests.Debugger.Kd;

/// <summary>What becomes of a real engine's target when a direct debugger is left (rules F2, F4, F5).</summary>
public sealed class KdLeaveTests(KdFixture kd)
{
    [KdFact]
    public async Task LetRun_WhenAKernelIsStopped_LetsItRunWithoutBreakpoints()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var session = await KdSession.StartAtPromptAsync(kd.Kd, target.Arguments);
        await session.RunAsync("bp fffff80000001000");
        var (exit, left) = await session.LeaveAsync(TargetFate.LetRun);
        Assert.Equal((0, TargetFate.LetRun), (exit.ExitCode, left));
        await target.RunsOnAsync();
    }

    [KdFact]
    public async Task LetRun_WhenAKernelRuns_StopsItOnlyForAMoment()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var session = await KdSession.StartAtPromptAsync(kd.Kd, target.Arguments);
        session.Begin("g");
        await session.UntilAsync(DebuggerState.Running);
        var (exit, left) = await session.LeaveAsync(TargetFate.LetRun);
        Assert.Equal((0, TargetFate.LetRun), (exit.ExitCode, left));
        await target.RunsOnAsync();
    }

    [KdFact]
    public async Task LetRun_WhenADebuggerAsksForInput_EndsItsInputFirst()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var session = await KdSession.StartAtPromptAsync(kd.Kd, target.Arguments);
        await session.RunAsync("eb fffff80000002000");
        Assert.Equal(TargetFate.LetRun, (await session.LeaveAsync(TargetFate.LetRun)).Left);
        await target.RunsOnAsync();
    }

    [KdFact]
    public async Task LeaveStopped_WhenAKernelIsStopped_LeavesItFrozen()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var session = await KdSession.StartAtPromptAsync(kd.Kd, target.Arguments);
        var (exit, left) = await session.LeaveAsync(TargetFate.LeaveStopped);
        Assert.Equal((0, TargetFate.LeaveStopped), (exit.ExitCode, left));
        await target.StaysFrozenAsync();
        await using var next = await KdSession.StartAsync(kd.Kd, target.Arguments);
        await next.UntilAsync(DebuggerState.Ready);
    }

    [KdFact]
    public async Task Leave_BeforeFirstContact_TouchesNothing()
    {
        await using var target = await KdTarget.StartRunningAsync();
        await using var session = await KdSession.StartAsync(kd.Kd, target.Arguments);
        await session.UntilAsync(DebuggerState.Running);
        var (_, left) = await session.LeaveAsync(TargetFate.LeaveStopped);
        Assert.Null(left);
        await target.RunsOnAsync();
    }

    [KdFact]
    public async Task CtrlB_WhenAKernelRuns_EndsTheDebuggerOnly()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var session = await KdSession.StartAtPromptAsync(kd.Kd, target.Arguments);
        session.Begin("g");
        await session.UntilAsync(DebuggerState.Running);
        Assert.Null(session.Debugger.Press("b"));
        await session.Process.Exited;
        await target.RunsOnAsync();
    }

    [KdFact]
    public async Task Detach_LetsTheKernelRun()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var session = await KdSession.StartAtPromptAsync(kd.Kd, target.Arguments);
        session.Begin(".detach");
        Assert.Equal(0, (await session.Process.Exited).ExitCode);
        Assert.Contains("Detached\n", session.Record.Text, StringComparison.Ordinal);
        await target.RunsOnAsync();
    }

    [KdFact]
    public async Task Killed_WhenAKernelIsStopped_ItStaysFrozen_AndWhenItRuns_ItRunsOn()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using (var session = await KdSession.StartAsync(kd.Kd, target.Arguments))
        {
            await session.UntilAsync(DebuggerState.Ready);
            session.Process.Kill();
            Assert.Equal("SIGKILL", (await session.Process.Exited).Signal);
        }
        await target.StaysFrozenAsync();
        await using var again = await KdSession.StartAsync(kd.Kd, target.Arguments);
        await again.UntilAsync(DebuggerState.Ready);
        again.Begin("g");
        await again.UntilAsync(DebuggerState.Running);
        again.Process.Kill();
        await again.Process.Exited;
        await target.RunsOnAsync();
    }

    [KdFact]
    public async Task LeaveStopped_OfAUserModeTarget_AbandonsIt()
    {
        await using var session = await KdSession.StartAtPromptAsync(kd.Cdb, KdFixture.LiveTarget);
        var (exit, left) = await session.LeaveAsync(TargetFate.LeaveStopped);
        Assert.Equal((0, TargetFate.LeaveStopped), (exit.ExitCode, left));
        Assert.Contains("Abandoned\n", session.Record.Text, StringComparison.Ordinal);
    }

    [KdFact]
    public async Task LetRun_OfAUserModeTarget_LetsItRunOn()
    {
        await using var session = await KdSession.StartAtPromptAsync(kd.Cdb, KdFixture.LiveTarget);
        var (exit, left) = await session.LeaveAsync(TargetFate.LetRun);
        Assert.Equal((0, TargetFate.LetRun), (exit.ExitCode, left));
    }
}
