using System.Text.RegularExpressions;
using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>What becomes of processes of this computer under a real lldb.</summary>
public sealed partial class LldbTargetTests
{
    [LldbFact]
    public async Task Backtrace_AfterACrash_ShowsTheFramesAndTheSource()
    {
        await using var lldb = await LldbSession.StartAsync(SamplePrograms.Crash);
        Assert.Contains("stop reason = signal SIGSEGV", await lldb.RunAsync("run"), StringComparison.Ordinal);
        var frames = await lldb.RunAsync("bt");
        Assert.Contains("frame #0", frames, StringComparison.Ordinal);
        Assert.Contains("serve(connection=3) at crash.c", frames, StringComparison.Ordinal);
    }

    [LldbFact]
    public async Task Break_WhileTheTargetRuns_StopsIt()
    {
        await using var lldb = await LldbSession.StartAsync(SamplePrograms.Count);
        for (var round = 0; round < 3; round++)
        {
            var id = lldb.Begin(round == 0 ? "run" : "continue");
            await lldb.UntilAsync(DebuggerState.Running);
            Assert.False(lldb.Process.TryRun("too-early", "bt"));
            // It runs also while it is loaded, before there is a main.
            await Eventually.TrueAsync(() => lldb.Record.OutputOf(id).Contains("count ", StringComparison.Ordinal));
            lldb.Process.Break();
            await lldb.UntilAsync(DebuggerState.Ready);
            Assert.Contains("stop reason = signal SIGSTOP", lldb.Record.OutputOf(id), StringComparison.Ordinal);
        }
        Assert.Contains("main(argc=1", await lldb.RunAsync("bt"), StringComparison.Ordinal);
    }

    [LldbFact]
    public async Task Break_GivenManyTimes_EndsNothing()
    {
        await using var lldb = await LldbSession.StartAsync(SamplePrograms.Count);
        lldb.Begin("run");
        await lldb.UntilAsync(DebuggerState.Running);
        for (var press = 0; press < 10; press++)
            lldb.Process.Break();
        await lldb.UntilAsync(DebuggerState.Ready);
        Assert.Equal("still here\n", await lldb.RunAsync("script print('still here')"));
        Assert.Single(lldb.Targets());
    }

    [LldbTheory]
    [InlineData("script while True: pass")]
    [InlineData("script import time; time.sleep(1000)")]
    public async Task Break_WhileLldbItselfIsBusy_EndsTheCommand(string line)
    {
        await using var lldb = await LldbSession.StartAsync("");
        var id = lldb.Begin(line);
        await Eventually.TrueAsync(() =>
        {
            lldb.Process.Break();
            return lldb.Process.State == DebuggerState.Ready;
        });
        Assert.Contains(lldb.Record.Chunks, chunk => chunk.Kind == AgentChunkKind.CommandCompleted && chunk.CommandId == id);
        Assert.Equal("still here\n", await lldb.RunAsync("script print('still here')"));
    }

    [LldbFact]
    public async Task Run_AsAnArgument_IsShownAsRunning()
    {
        await using var lldb = await LldbSession.StartAsync($"{SamplePrograms.Count} -o run");
        await lldb.UntilAsync(DebuggerState.Running);
        lldb.Process.Break();
        await lldb.UntilAsync(DebuggerState.Ready);
    }

    [LldbFact]
    public async Task Run_OfAProgramThatReads_GivesItAnEmptyInputAndNoneOfOurEnvironment()
    {
        await using var lldb = await LldbSession.StartAsync("/bin/cat");
        Assert.Contains("exited with status = 0", await lldb.RunAsync("run"), StringComparison.Ordinal);
        await lldb.RunAsync("target create /usr/bin/env");
        Assert.DoesNotContain("PYTHONPATH", await lldb.RunAsync("run"), StringComparison.Ordinal);
    }

    [LldbFact]
    public async Task Flood_OfFiveMegabytes_IsAllThere_BeforeTheNextPrompt()
    {
        await using var lldb = await LldbSession.StartAsync(SamplePrograms.Flood);
        const int Lines = 70_000;

        var printed = await lldb.RunAsync($"run {Lines}");

        // lldb tells that the program ended when it knows, in the midst of what that printed; its terminal ends lines its own way.
        var flood = Message().Replace(printed, "").Replace("(lldb) ", "", StringComparison.Ordinal);
        var expected = string.Concat(Enumerable.Range(1, Lines).Select(line => $"line {line:D9} of a flood that goes on and on and on, to see what is kept\r\n"));
        Assert.True(expected.Length > 5_000_000);
        Assert.Equal(expected, flood);
        Assert.Equal(2, Message().Count(printed));
    }

    [LldbTheory]
    [InlineData(TargetFate.LetRun, false, 'S')]
    [InlineData(TargetFate.LetRun, true, 'S')]
    [InlineData(TargetFate.LeaveStopped, false, 'T')]
    [InlineData(TargetFate.LeaveStopped, true, 'T')]
    [InlineData(null, false, 'T')]
    [InlineData(null, true, 'S')]
    public async Task Leave_WhenAttachedWithABreakpoint_LeavesTheProcessAsAsked(TargetFate? fate, bool isRunning, char state)
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var lldb = await AttachedAsync(counter, isRunning);

        Assert.Equal(state == 'T' ? TargetFate.LeaveStopped : TargetFate.LetRun, await lldb.LeftAsync(fate));

        await Eventually.TrueAsync(() => counter.State == state, $"it is {counter.State}");
        Assert.Empty(lldb.Targets());
        Assert.False(lldb.Process.TryRun("late", "continue"));
    }

    [LldbTheory]
    [InlineData(false, 'T')]
    [InlineData(true, 'S')]
    public async Task Terminate_OfLldb_LeavesAnAttachedProcessAsItIs(bool isRunning, char state)
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var lldb = await AttachedAsync(counter, isRunning);

        lldb.Process.Terminate();
        await lldb.Process.Exited;

        await Eventually.TrueAsync(() => counter.State == state, $"it is {counter.State}");
    }

    [LldbFact]
    public async Task Leave_WhenTheTargetShallRun_LetsALaunchedTargetGoOn()
    {
        await using var lldb = await LldbSession.StartAsync(SamplePrograms.Count);
        lldb.Begin("run");
        await lldb.UntilAsync(DebuggerState.Running);
        using var target = new ForeignProcess(Assert.Single(lldb.Targets()));

        Assert.Equal(TargetFate.LetRun, await lldb.LeftAsync(TargetFate.LetRun));

        Assert.Equal(0, (await lldb.Process.Exited).ExitCode);
        await Eventually.TrueAsync(() => target.State == 'S', $"it is {target.State}");
    }

    [LldbFact]
    public async Task Leave_WhenTheTargetShallStayStopped_LeavesACrashedTargetStopped()
    {
        await using var lldb = await LldbSession.StartAsync(SamplePrograms.Crash);
        await lldb.RunAsync("run");
        using var target = new ForeignProcess(Assert.Single(lldb.Targets()));

        Assert.Equal(TargetFate.LeaveStopped, await lldb.LeftAsync(TargetFate.LeaveStopped));

        Assert.Equal(DebuggerExit.Kept, await lldb.Process.Exited);
        Assert.Empty(lldb.Targets());
        Assert.Equal('T', target.State);
    }

    [LldbTheory]
    [InlineData("expression")]
    [InlineData("script")]
    [InlineData("breakpoint command add 1")]
    [InlineData("script while True: pass")]
    [InlineData("script input()")]
    [InlineData("quit")]
    public async Task Leave_InTheMidstOfACommand_SparesTheProcess(string line)
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var lldb = await AttachedAsync(counter, isRunning: false);
        lldb.Begin(line);

        Assert.Equal(TargetFate.LetRun, await lldb.LeftAsync(TargetFate.LetRun));

        await Eventually.TrueAsync(() => counter.State == 'S', $"it is {counter.State}");
    }

    [LldbFact]
    public async Task Exit_ByQuit_IsReportedWithItsCode()
    {
        await using var lldb = await LldbSession.StartAsync("");
        lldb.Begin("quit 7");
        Assert.Equal(7, (await lldb.Process.Exited).ExitCode);
    }

    private static async Task<DebuggerSession> AttachedAsync(ForeignProcess process, bool isRunning)
    {
        // It never stops there: one left behind ends the process.
        var lldb = await LldbSession.StartAsync($"-p {process.Id} -o 'breakpoint set --name usleep --ignore-count 1000000'");
        await lldb.UntilAsync(DebuggerState.Ready);
        if (isRunning)
        {
            lldb.Begin("continue");
            await lldb.UntilAsync(DebuggerState.Running);
        }
        return lldb;
    }

    [GeneratedRegex(@"Process [0-9]+ (exited with status = 0 \(0x00000000\)|launched: '[^']*' \(\w+\))\n", RegexOptions.CultureInvariant)]
    private static partial Regex Message();
}
