using OrleansKd.Contracts;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>SIGTERM for a real lldb, once and again before it is done with the first: the process stays as it was each time.</summary>
public sealed class LldbSignalTests
{
    /// <summary>The last one: again and again until it has ended.</summary>
    public static TheoryData<int> Times => [1, 2, 3, int.MaxValue];

    [LldbTheory]
    [MemberData(nameof(Times))]
    public async Task Terminate_WhileAnAttachedProcessRuns_LetsItRun(int times)
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var lldb = await StartAsync($"-p {counter.Id}", isRunning: true);
        await TerminateAsync(lldb, times);
        await LastsAsync(() => counter.State, 'S');
    }

    [LldbTheory]
    [MemberData(nameof(Times))]
    public async Task Terminate_WhileAnAttachedProcessIsStopped_KeepsItStopped(int times)
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var lldb = await StartAsync($"-p {counter.Id}", isRunning: false);
        await TerminateAsync(lldb, times);
        await LastsAsync(() => counter.State, 'T');
    }

    [LldbTheory]
    [MemberData(nameof(Times))]
    public async Task Terminate_WhileALaunchedProcessIsStopped_KeepsItStopped(int times)
    {
        await using var lldb = await StartAsync($"{SamplePrograms.Count} -o 'process launch --stop-at-entry -- /dev/null'", isRunning: false);
        using var target = new ForeignProcess(Assert.Single(lldb.Targets()));
        await TerminateAsync(lldb, times);
        await LastsAsync(() => target.State, 'T');
    }

    [LldbTheory]
    [MemberData(nameof(Times))]
    public async Task Terminate_ThroughAServer_LeavesTheTargetAsItIs(int times)
    {
        foreach (var isRunning in new[] { false, true })
        {
            using var stub = await GdbServer.StartAsync(SamplePrograms.Count, "/dev/null");
            await using var lldb = await StartAsync($"-o 'gdb-remote 127.0.0.1:{stub.Port}'", isRunning);
            await TerminateAsync(lldb, times);
            await LastsAsync(() => stub.TargetState, isRunning ? 'S' : 't');
        }
    }

    private static async Task<DebuggerSession> StartAsync(string arguments, bool isRunning)
    {
        // It never stops there: one left behind ends the process.
        var lldb = await LldbSession.StartAsync($"{arguments} -o 'breakpoint set --name usleep --ignore-count 1000000'");
        await lldb.UntilAsync(DebuggerState.Ready);
        if (isRunning)
        {
            lldb.Begin("continue");
            await lldb.UntilAsync(DebuggerState.Running);
        }
        return lldb;
    }

    private static async Task TerminateAsync(DebuggerSession lldb, int times)
    {
        for (var sent = 0; sent < times && !lldb.Process.Exited.IsCompleted; sent++)
            lldb.Process.Terminate();
        await lldb.Process.Exited;
    }

    private static async Task LastsAsync(Func<char> current, char state)
    {
        var inARow = 0;
        await Eventually.TrueAsync(() => (inARow = current() == state ? inARow + 1 : 0) == 20, $"it is {current()}");
    }
}
