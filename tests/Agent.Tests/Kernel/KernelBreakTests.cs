using System.Globalization;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Kernel;

/// <summary>Break on a real kernel, in the moments in which gdb is known to lose it or to take it for something else.</summary>
[Collection(KernelFixture.Name)]
public sealed class KernelBreakTests(KernelFixture kernel)
{
    [Fact]
    public async Task Break_WhileABreakpointIsMetAllTheTime_AlwaysStopsTheGuest()
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await GdbSession.StartAsync(guest.Arguments);
        await gdb.RunAsync("hbreak __x64_sys_execve");
        await gdb.RunAsync("ignore 1 1000000");
        for (var round = 0; round < 10; round++)
        {
            var id = gdb.Begin("continue");
            await gdb.UntilAsync(DebuggerState.Running);
            await Eventually.TrueAsync(() =>
            {
                if (gdb.Process.State == DebuggerState.Running)
                    gdb.Process.Break();
                return gdb.Process.State == DebuggerState.Ready;
            }, $"round {round.ToString(CultureInfo.InvariantCulture)}");
            Assert.Contains("SIGINT", gdb.Record.OutputOf(id), StringComparison.Ordinal);
        }
        Assert.Equal(TargetFate.LetRun, await gdb.LeftAsync(TargetFate.LetRun));
        await guest.RunsAsync();
    }

    [Fact]
    public async Task Break_GivenTwiceToAStubThatIsSlow_KeepsTheConnection()
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await GdbSession.StartAsync(guest.Arguments);
        var id = gdb.Begin("continue");
        await gdb.UntilAsync(DebuggerState.Running);
        Freeze(guest.ProcessId);
        gdb.Process.Break();
        gdb.Process.Break();
        await Eventually.TrueAsync(() => UnreadBytes(guest.Port) > 0, "gdb asked the stub");
        gdb.Process.Break();
        Thaw(guest.ProcessId);
        await gdb.UntilAsync(DebuggerState.Ready);
        Assert.DoesNotContain("Disconnected", gdb.Record.OutputOf(id), StringComparison.Ordinal);
        Assert.Equal(TargetFate.LetRun, await gdb.LeftAsync(TargetFate.LetRun));
        await guest.RunsAsync();
    }

    [Fact]
    public async Task Leave_WhenTheStubDoesNotAnswer_EndsWithinItsLimitsAndClaimsNothing()
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await GdbSession.StartAsync(guest.Arguments);
        Freeze(guest.ProcessId);
        try
        {
            Assert.Null(await gdb.LeftAsync(TargetFate.LetRun).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        }
        finally
        {
            Thaw(guest.ProcessId);
        }
        Assert.True(guest.IsAlive);
        // It was stopped when it was left, and the request to run came to nobody or to it: both are no harm.
        await kernel.RunningAsync();
    }

    private static void Freeze(int process) => Assert.Equal(0, LibC.kill(process, Signals.Stop));

    private static void Thaw(int process) => Assert.Equal(0, LibC.kill(process, Signals.Continue));

    /// <summary>What waits in the stub's socket, by the kernel's table of connections.</summary>
    private static int UnreadBytes(int port) => File.ReadLines("/proc/net/tcp").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && fields[3] == "01")
        .Sum(fields => int.Parse(fields[4].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
