using System.Globalization;
using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Contracts;
using OrleansKd.Testing.Kernel;

namespace OrleansKd.Agent.Tests.Kernel;

/// <summary>A real lldb on a real kernel: what becomes of the guest, by its own clock.</summary>
[Collection(KernelFixture.Name)]
public sealed class KernelLldbTests(KernelFixture kernel)
{
    [LldbTheory]
    [InlineData(TargetFate.LetRun, false)]
    [InlineData(TargetFate.LetRun, true)]
    [InlineData(null, true)]
    public async Task Leave_WhenTheGuestShallRun_LeavesNoBreakpointBehind(TargetFate? fate, bool isRunning)
    {
        var guest = await kernel.RunningAsync();
        await using var lldb = await ConnectAsync(guest, isRunning);

        Assert.Equal(TargetFate.LetRun, await lldb.LeftAsync(fate));

        await guest.RunsAsync();
    }

    [LldbTheory]
    [InlineData(TargetFate.LeaveStopped, false)]
    [InlineData(TargetFate.LeaveStopped, true)]
    [InlineData(null, false)]
    public async Task Leave_WhenTheGuestShallStayStopped_KeepsItForTheNextDebugger(TargetFate? fate, bool isRunning)
    {
        var guest = await kernel.RunningAsync();
        await using var lldb = await ConnectAsync(guest, isRunning);

        Assert.Equal(TargetFate.LeaveStopped, await lldb.LeftAsync(fate));

        await guest.StandsStillAsync();
        await kernel.ResumeAsync();
    }

    [LldbFact]
    public async Task Terminate_OfLldb_WhileTheGuestRunsTowardsABreakpoint_LetsItRunWithoutTheBreakpoint()
    {
        var guest = await kernel.RunningAsync();
        await using var lldb = await ConnectAsync(guest, isRunning: true);

        lldb.Process.Terminate();
        await lldb.Process.Exited;

        await guest.RunsAsync();
    }

    /// <summary>With a breakpoint that the guest meets ten times a second and that stops it only in a million: one left behind stops it at once.</summary>
    private static async Task<DebuggerSession> ConnectAsync(KernelGuest guest, bool isRunning)
    {
        var connect = string.Create(CultureInfo.InvariantCulture, $"gdb-remote 127.0.0.1:{guest.Port}");
        var lldb = await LldbSession.StartAsync($"{guest.Files.Symbols} -o '{connect}'");
        Assert.True(lldb.Debugger.ThroughServer);
        await lldb.UntilAsync(DebuggerState.Ready);
        // lldb 14 gives up a handshake with QEMU now and then, at once; people enter the line again.
        for (var again = 0; again < 20 && lldb.Record.Text.EndsWith("within timeout of 0.0 seconds\n(lldb) ", StringComparison.Ordinal); again++)
            await lldb.RunAsync(connect);
        Assert.Contains("stopped", await lldb.RunAsync("process status"), StringComparison.Ordinal);
        await guest.StandsStillAsync();
        await lldb.RunAsync("breakpoint set --hardware --name __x64_sys_execve --ignore-count 1000000");
        if (isRunning)
        {
            lldb.Begin("continue");
            await lldb.UntilAsync(DebuggerState.Running);
        }
        return lldb;
    }
}
