using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>
/// SIGKILL for the agent's program while its lldb works on a process. A breakpoint that never stops it is set: one that stays behind ends
/// the process at its next call.
/// </summary>
public sealed class LldbAgentEndTests
{
    private const string Trap = "breakpoint set --name usleep --ignore-count 1000000";

    [LldbTheory]
    [InlineData(false, 'T')]
    [InlineData(true, 'S')]
    public async Task Kill_WhenAttached_LeavesTheProcessAsItIs(bool isRunning, char state)
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var lldb = await HostAsync(isThroughServer: false, $"-p {counter.Id}", isRunning, Trap);

        await lldb.KillAgentAsync();

        await LastsAsync(() => counter.State, state);
    }

    [LldbFact]
    public async Task Kill_WhenItRunsWhatLldbLaunched_LetsItRun()
    {
        await using var lldb = await HostAsync(isThroughServer: false, $"{SamplePrograms.Count} -o 'process launch --stop-at-entry -- /dev/null'", isRunning: true, Trap);
        using var target = new ForeignProcess(lldb.TargetOfServer());

        await lldb.KillAgentAsync();

        await LastsAsync(() => target.State, 'S');
    }

    [LldbFact]
    public async Task Kill_WhenWhatLldbLaunchedIsStopped_KeepsItStopped()
    {
        await using var lldb = await HostAsync(isThroughServer: false, $"{SamplePrograms.Count} -o 'process launch --stop-at-entry -- /dev/null'", isRunning: false, Trap);
        using var target = new ForeignProcess(lldb.TargetOfServer());

        await lldb.KillAgentAsync(isKept: true);

        await LastsAsync(() => target.State, 'T');
    }

    [LldbTheory]
    [InlineData(false, 't')]
    [InlineData(true, 'S')]
    public async Task Kill_ThroughAServer_LeavesTheTargetAsItIs(bool isRunning, char state)
    {
        using var stub = await GdbServer.StartAsync(SamplePrograms.Count, "/dev/null");
        await using var lldb = await HostAsync(isThroughServer: true, $"-o 'gdb-remote 127.0.0.1:{stub.Port}'", isRunning, Trap);

        await lldb.KillAgentAsync();

        await LastsAsync(() => stub.TargetState, state);
    }

    private static async Task<HostedDebugger> HostAsync(bool isThroughServer, string arguments, bool isRunning, params string[] commands)
    {
        var lldb = await HostedDebugger.StartAsync("lldb", isThroughServer, $"{LldbSession.Quiet} {arguments}", commands);
        if (isRunning)
            await lldb.ResumeAsync("continue");
        return lldb;
    }

    /// <summary>It comes into this state, and stays in it for as long as several of its calls take.</summary>
    private static async Task LastsAsync(Func<char> current, char state)
    {
        var inARow = 0;
        await Eventually.TrueAsync(() => (inARow = current() == state ? inARow + 1 : 0) == 20, $"it is {current()}");
    }
}
