using System.Text;
using Microsoft.Extensions.Time.Testing;
using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

public sealed class GdbTargetTests
{
    [Fact]
    public async Task Break_WhileTheTargetRuns_StopsIt()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Count}");
        var run = gdb.Begin("run");
        await gdb.UntilAsync(DebuggerState.Running);
        Assert.False(gdb.Process.TryRun("too-early", "bt"));
        // It runs also while it is loaded, before there is a main.
        await Eventually.TrueAsync(() => gdb.Record.OutputOf(run).Contains("count 1", StringComparison.Ordinal));
        gdb.Process.Break();
        await gdb.UntilAsync(DebuggerState.Ready);
        Assert.Contains("SIGINT", gdb.Record.OutputOf(run), StringComparison.Ordinal);
        Assert.Contains("main (argc=1", await gdb.RunAsync("bt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Break_WhileGdbItselfIsBusy_EndsTheCommand()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        var id = gdb.Begin("python while True: pass");
        await gdb.UntilAsync(DebuggerState.Busy);
        await Eventually.TrueAsync(() =>
        {
            gdb.Process.Break();
            return gdb.Process.State == DebuggerState.Ready;
        });
        Assert.Contains(gdb.Record.Chunks, chunk => chunk.Kind == AgentChunkKind.CommandCompleted && chunk.CommandId == id);
    }

    [Fact]
    public async Task Running_IsShownOnlyOfATargetThatStillRunsAfterAWhile()
    {
        var time = new FakeTimeProvider();
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Count}", time);
        await gdb.RunAsync("break main");
        await gdb.RunAsync("run");
        await gdb.RunAsync("next");
        await gdb.RunAsync("stepi");
        time.Advance(DebuggerProcess.RunningAfter);
        Assert.DoesNotContain(DebuggerState.Running, gdb.Record.States);

        var id = gdb.Begin("continue");
        await Eventually.TrueAsync(() => gdb.Record.OutputOf(id).Contains("count", StringComparison.Ordinal));
        Assert.Equal(DebuggerState.Busy, gdb.Process.State);
        time.Advance(DebuggerProcess.RunningAfter);
        Assert.Equal(DebuggerState.Running, gdb.Process.State);
    }

    [Fact]
    public async Task Flood_FromTheTarget_ArrivesByteForByte()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Flood}");
        await gdb.RunAsync("run 100000");
        var lines = new StringBuilder();
        for (var line = 1; line <= 100_000; line++)
            lines.Append("line ").Append(line.ToString("D9")).Append(" of a flood that goes on and on and on, to see what is kept\n");
        var text = gdb.Record.Text;
        var start = text.IndexOf("line 000000001", StringComparison.Ordinal);
        Assert.True(text.AsSpan(start, lines.Length).SequenceEqual(lines.ToString()));
    }

    [Fact]
    public async Task Leave_WhenTheTargetShallRun_LetsALaunchedTargetGoOn()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Count}");
        gdb.Begin("run");
        await gdb.UntilAsync(DebuggerState.Running);
        using var target = new ForeignProcess(Assert.Single(gdb.Targets()));
        var exit = await gdb.LeaveAsync(TargetFate.LetRun);
        Assert.Equal(0, exit.ExitCode);
        Assert.True(target.IsAlive);
        Assert.NotEqual('T', target.State);
    }

    [Fact]
    public async Task Leave_WhenTheTargetShallStayStopped_LeavesACrashedTargetStopped()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Crash}");
        Assert.Contains("SIGSEGV", await gdb.RunAsync("run"), StringComparison.Ordinal);
        using var target = new ForeignProcess(Assert.Single(gdb.Targets()));
        await gdb.LeaveAsync(TargetFate.LeaveStopped);
        Assert.Empty(OrleansKd.Agent.Debugger.Unix.Tracees.Of(gdb.Process.ProcessId));
        Assert.Equal('T', target.State);
        Assert.False(gdb.Process.TryRun("late", "continue"));
    }

    [Theory]
    [InlineData(TargetFate.LetRun, 'S')]
    [InlineData(TargetFate.LeaveStopped, 'T')]
    public async Task Leave_WhenAttachedAndRunning_LeavesTheProcessAsAsked(TargetFate fate, char state)
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var gdb = await GdbSession.StartAsync($"-q -nx -p {counter.Id}");
        gdb.Begin("continue");
        await gdb.UntilAsync(DebuggerState.Running);
        await gdb.LeaveAsync(fate);
        await Eventually.TrueAsync(() => counter.State == state);
        Assert.Empty(OrleansKd.Agent.Debugger.Unix.Tracees.Of(gdb.Process.ProcessId));
    }

    [Fact]
    public async Task Leave_AtAContinuationPrompt_Works()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var gdb = await GdbSession.StartAsync($"-q -nx -p {counter.Id}");
        await gdb.RunAsync("define unfinished");
        var exit = await gdb.LeaveAsync(TargetFate.LetRun);
        Assert.Equal(0, exit.ExitCode);
        Assert.True(counter.IsAlive);
    }

    [Fact]
    public async Task Terminate_WhenAttachedWithBreakpoints_HarmsNothing()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var gdb = await GdbSession.StartAsync($"-q -nx -p {counter.Id}");
        await gdb.RunAsync("break usleep");
        gdb.Process.Terminate();
        await gdb.Process.Exited;
        Assert.True(counter.IsAlive);
        Assert.NotEqual('t', counter.State);
    }

    [Fact]
    public async Task Exit_ByASignal_IsReportedAsTheSignal()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        gdb.Process.Kill();
        Assert.Equal("SIGKILL", (await gdb.Process.Exited).Signal);
    }

    [Fact]
    public async Task Exit_ByQuit_IsReportedWithItsCode()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        gdb.Begin("quit 7");
        Assert.Equal(7, (await gdb.Process.Exited).ExitCode);
    }
}
