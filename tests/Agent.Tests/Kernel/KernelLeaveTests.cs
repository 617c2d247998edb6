using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Contracts;
using OrleansKd.Testing.Kernel;

namespace OrleansKd.Agent.Tests.Kernel;

/// <summary>Leaving gdb on a real kernel: what becomes of the guest, by its own clock.</summary>
[Collection(KernelFixture.Name)]
public sealed class KernelLeaveTests(KernelFixture kernel)
{
    /// <summary>A breakpoint that the guest meets ten times a second and that stops it only in a million: one left behind stops it at once.</summary>
    private static readonly string[] Trap = ["hbreak __x64_sys_execve", "ignore 1 1000000"];

    public static TheoryData<string> Connections => ["target remote", "target extended-remote"];

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task Leave_ToLetItRun_FromABreakpoint_LetsTheGuestGoOn(string connection)
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await AttachAsync(guest, connection);
        Assert.True(gdb.Debugger.ThroughServer);
        await gdb.RunAsync("hbreak do_idle");
        await gdb.RunAsync("continue");
        Assert.Contains("in do_idle ()", await gdb.RunAsync("bt"), StringComparison.Ordinal);
        await guest.StandsStillAsync();
        Assert.Equal(TargetFate.LetRun, await gdb.LeftAsync(TargetFate.LetRun));
        await guest.RunsAsync();
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task Leave_ToLetItRun_WhileItRunsTowardsABreakpoint_LeavesNoBreakpointBehind(string connection)
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await AttachAsync(guest, connection, Trap);
        await ContinueAsync(gdb);
        Assert.Equal(TargetFate.LetRun, await gdb.LeftAsync(TargetFate.LetRun));
        await guest.RunsAsync();
    }

    [Theory]
    [InlineData("target remote", false)]
    [InlineData("target remote", true)]
    [InlineData("target extended-remote", false)]
    [InlineData("target extended-remote", true)]
    public async Task Leave_ToLeaveItStopped_KeepsTheGuestForTheNextGdb(string connection, bool isRunning)
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await AttachAsync(guest, connection, Trap);
        if (isRunning)
            await ContinueAsync(gdb);
        Assert.Equal(TargetFate.LeaveStopped, await gdb.LeftAsync(TargetFate.LeaveStopped));
        await guest.StandsStillAsync();
        await kernel.ResumeAsync();
    }

    [Fact]
    public async Task Leave_AsItIs_WhileItRuns_LetsTheGuestRun()
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await AttachAsync(guest, "target remote", Trap);
        await ContinueAsync(gdb);
        Assert.Equal(TargetFate.LetRun, await gdb.LeftAsync(null));
        await guest.RunsAsync();
    }

    [Fact]
    public async Task Leave_AsItIs_WhileItIsStopped_KeepsTheGuestStopped()
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await AttachAsync(guest, "target remote", Trap);
        Assert.Equal(TargetFate.LeaveStopped, await gdb.LeftAsync(null));
        await guest.StandsStillAsync();
        await kernel.ResumeAsync();
    }

    [Theory]
    [InlineData(null, TargetFate.LetRun)]
    [InlineData(TargetFate.LetRun, TargetFate.LetRun)]
    [InlineData(TargetFate.LeaveStopped, TargetFate.LeaveStopped)]
    public async Task Leave_WhileItRunsInTheBackground_DoesAsAsked(TargetFate? fate, TargetFate expected)
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await AttachAsync(guest, "target remote", Trap);
        await gdb.RunAsync("continue &");
        await guest.RunsAsync();
        Assert.Equal(expected, await gdb.LeftAsync(fate));
        await (expected == TargetFate.LetRun ? guest.RunsAsync() : guest.StandsStillAsync());
    }

    [Fact]
    public async Task Leave_WithALocalProcessBesideTheGuest_LeavesEachAsItIs()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        var guest = await kernel.RunningAsync();
        await using var gdb = await AttachAsync(guest, "target extended-remote", Trap);
        await gdb.RunAsync("add-inferior -no-connection");
        await gdb.RunAsync("inferior 2");
        await gdb.RunAsync($"attach {counter.Id}");
        Assert.Equal(counter.Id, Assert.Single(gdb.Targets()));
        await gdb.RunAsync("inferior 1");
        await ContinueAsync(gdb);
        Assert.Null(await gdb.LeftAsync(null));
        await guest.RunsAsync();
        await Eventually.TrueAsync(() => counter.State == 'T');
    }

    [Fact]
    public async Task Kill_OfGdb_WhileTheGuestIsStopped_KeepsItStoppedForTheNextGdb()
    {
        var guest = await kernel.RunningAsync();
        await using var gdb = await AttachAsync(guest, "target remote", Trap);
        gdb.Process.Kill();
        await gdb.Process.Exited;
        await guest.StandsStillAsync();
        await kernel.ResumeAsync();
    }

    [Fact]
    public async Task Kill_OfGdb_WhileTheGuestRuns_StopsItOnlyAtABreakpoint()
    {
        var guest = await kernel.RunningAsync();
        await using (var gdb = await AttachAsync(guest, "target remote"))
        {
            await ContinueAsync(gdb);
            gdb.Process.Kill();
            await gdb.Process.Exited;
            await guest.RunsAsync();
        }
        await using (var gdb = await AttachAsync(guest, "target remote", Trap))
        {
            await ContinueAsync(gdb);
            gdb.Process.Kill();
            await gdb.Process.Exited;
            await guest.StandsStillAsync();
            await kernel.ResumeAsync();
        }
    }

    private static async Task<DebuggerSession> AttachAsync(KernelGuest guest, string connection, params string[] commands)
    {
        var gdb = await GdbSession.StartAsync(guest.Arguments.Replace("target remote", connection, StringComparison.Ordinal));
        await gdb.UntilAsync(DebuggerState.Ready);
        await guest.StandsStillAsync();
        foreach (var command in commands)
            await gdb.RunAsync(command);
        return gdb;
    }

    private static async Task ContinueAsync(DebuggerSession gdb)
    {
        gdb.Begin("continue");
        await gdb.UntilAsync(DebuggerState.Running);
    }
}
