using OrleansKd.Testing.Kd;

namespace OrleansKd.KdHost.Tests;

/// <summary>A kernel target: what becomes of it.</summary>
public sealed class KernelTests(KdFixture kd)
{
    [KdFact]
    public async Task Start_OnAFrozenMachine_ShowsThePrompt()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var console = KdConsole.Start(kd.Kd, target.Arguments);
        var banner = await console.UntilAsync(Texts.KernelPrompt);
        Assert.Contains("Waiting to reconnect...\n", banner, StringComparison.Ordinal);
        Assert.Contains("Connected to Windows 10 19041 x64 target at ", banner, StringComparison.Ordinal);
        Assert.Contains("Kernel Debugger connection established.", banner, StringComparison.Ordinal);
        await console.AskAsync("ed fffff80000002000 12345678", Texts.KernelPrompt);
        Assert.Contains("12345678 00000000", await console.AskAsync("dd fffff80000002000 l2", Texts.KernelPrompt), StringComparison.Ordinal);
        await console.AskAsync("t", Texts.KernelPrompt);
        Assert.Contains("rip=fffff80000001001", await console.AskAsync("r rip", Texts.KernelPrompt), StringComparison.Ordinal);
    }

    [KdTheory]
    [InlineData("q", Texts.Quit, false)]
    [InlineData("qq", Texts.Quit, false)]
    [InlineData("qd", Texts.Quit, true)]
    [InlineData(".detach", Texts.Detached, true)]
    public async Task End_AtTheDebugger_LeavesTheMachine(string end, string farewell, bool runs)
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var console = KdConsole.Start(kd.Kd, target.Arguments);
        await console.UntilAsync(Texts.KernelPrompt);
        Assert.Equal(farewell, await console.AskAsync(end, farewell));
        Assert.Equal(0, await console.EndAsync());
        await (runs ? target.RunsOnAsync() : target.StaysFrozenAsync());
    }

    [KdTheory]
    [InlineData("qq", false)]
    [InlineData("qqd", true)]
    [InlineData(".detach", true)]
    public async Task End_ByAClient_LeavesTheMachine(string end, bool runs)
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, Texts.KernelPrompt);
        await using var client = KdConsole.Start(kd.Kd, "-remote", server.Transport);
        await client.UntilAsync(" connected at ");
        await client.UntilAsync(Texts.KernelPrompt);
        await client.SayAsync(end);
        Assert.Equal(0, await client.EndAsync());
        Assert.Equal(0, await server.Console.EndAsync());
        await (runs ? target.RunsOnAsync() : target.StaysFrozenAsync());
    }

    [KdFact]
    public async Task Start_InSecureMode_RunsNoShellAndDetachesNothing()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var console = KdConsole.Start(kd.Kd, ["-secure", .. target.Arguments]);
        await console.UntilAsync(Texts.KernelPrompt);
        Assert.Contains(".shell has been disabled", await console.AskAsync(".shell cmd /c echo hello", Texts.KernelPrompt), StringComparison.Ordinal);
        Assert.Contains("SECURE: Operation disallowed", await console.AskAsync(".detach", Texts.KernelPrompt), StringComparison.Ordinal);
    }

    [KdFact]
    public async Task Break_WhileTheMachineRuns_StopsIt()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var console = KdConsole.Start(kd.Kd, target.Arguments);
        await console.UntilAsync(Texts.KernelPrompt);
        await console.SayAsync("g");
        await target.RunsOnAsync();
        console.Break();
        await console.UntilAsync(Texts.BreakException);
        await console.UntilAsync(Texts.KernelPrompt);
        await target.StaysFrozenAsync();
    }

    [KdFact]
    public async Task Start_OnARunningMachine_WaitsForABreak()
    {
        await using var target = await KdTarget.StartRunningAsync();
        await using var console = KdConsole.Start(kd.Kd, target.Arguments);
        await console.UntilAsync("Waiting to reconnect...\n");
        await target.RunsOnAsync();
        console.Break();
        await console.UntilAsync(Texts.KernelPrompt);
        await target.StaysFrozenAsync();
    }

    [KdFact]
    public async Task CtrlB_WhileACommandWaitsForATargetThatIsGone_LeavesAtOnce()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var server = await KdServer.StartAsync(kd.Kd, target.Arguments, Texts.KernelPrompt);
        await using var client = KdConsole.Start(kd.Kd, "-remote", server.Transport);
        await client.UntilAsync(" connected at ");
        await client.UntilAsync(Texts.KernelPrompt);
        await target.DisposeAsync();
        // The engine waits for the target to come back, and so does everybody's next command.
        await client.SayAsync("dd fffff80000005000 l1");
        await server.Console.UntilAsync("kd> dd fffff80000005000 l1\n");
        await client.SayAsync(KdConsole.CtrlB);
        Assert.Equal(0, await client.EndAsync());
    }

    [KdFact]
    public async Task Kill_OfTheDebugger_LeavesTheMachineFrozenForTheNext()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using (var console = KdConsole.Start(kd.Kd, target.Arguments))
        {
            await console.UntilAsync(Texts.KernelPrompt);
            console.Kill();
            _ = await console.EndAsync();
        }
        await target.StaysFrozenAsync();
        await using var next = KdConsole.Start(kd.Kd, target.Arguments);
        await next.UntilAsync(Texts.KernelPrompt);
    }
}
