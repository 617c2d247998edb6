using OrleansKd.Contracts;
using OrleansKd.Testing.Kd;

namespace OrleansKd.Agent.Tests.Debugger.Kd;

/// <summary>A direct session on the real engine.</summary>
public sealed class KdDirectTests(KdFixture kd)
{
    [KdFact]
    public async Task Commands_OneAfterTheOther_AreBlocksOfTheirOwnWithOnePromptEach()
    {
        await using var session = await KdSession.StartAsync(kd.Cdb, KdFixture.LiveTarget);
        var before = Count(session.Record.Text, "0:000> ");
        for (var i = 0; i < 50; i++)
            Assert.Equal($"number {i}\n", await session.RunAsync($".echo number {i}"));
        Assert.DoesNotContain("okd-", session.Record.Text, StringComparison.Ordinal);
        Assert.Equal(before + 50, Count(session.Record.Text, "0:000> "));
        Assert.EndsWith("number 49\n0:000> ", session.Record.Text, StringComparison.Ordinal);
    }

    [KdFact]
    public async Task Output_ThatLooksLikeThePrompt_EndsNoCommand()
    {
        await using var session = await KdSession.StartAsync(kd.Cdb, KdFixture.LiveTarget);
        Assert.Equal("0:000> 0:000> ", await session.RunAsync(".printf \"0:000> 0:000> \""));
        Assert.Equal("0:000> \nend\n", await session.RunAsync(".printf \"0:000> \\nend\\n\""));
        Assert.Equal("done\n", await session.RunAsync(".echo done"));
    }

    [KdFact]
    public async Task Error_InACompoundLine_EndsTheBlockAsAnyOther()
    {
        await using var session = await KdSession.StartAsync(kd.Cdb, KdFixture.LiveTarget);
        var output = await session.RunAsync(".echo first; nosuchcommand!; .echo never");
        Assert.StartsWith("first\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\nnever\n", output, StringComparison.Ordinal);
        Assert.Equal("next\n", await session.RunAsync(".echo next"));
    }

    [KdFact]
    public async Task Input_OfAssembling_TakesLinesInOrderAndNoMarker_AndADotEndsIt()
    {
        await using var session = await KdSession.StartAsync(kd.Cdb, KdFixture.LiveTarget);
        var address = await session.RunAsync("a");
        Assert.Equal(address, session.Record.Chunks[^1].Text);
        Assert.Contains("asks for", session.Debugger.Press("v"), StringComparison.Ordinal);
        await session.RunAsync("nop");
        await session.RunAsync("int 3");
        await session.RunAsync(".");
        Assert.Equal("0:000> ", session.Record.Chunks[^1].Text);
        Assert.Matches("nop\n.*int +3\n", await session.RunAsync($"u {address.Trim()} L2"));
        Assert.DoesNotContain("okd-", session.Record.Text, StringComparison.Ordinal);
    }

    [KdFact]
    public async Task Input_OfEnteringBytes_WritesThemAndNoMarker_AndADotEndsIt()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var session = await KdSession.StartAtPromptAsync(kd.Kd, target.Arguments);
        await session.RunAsync("eb fffff80000002000");
        await session.RunAsync("11");
        Assert.StartsWith("fffff800`00002001 ", session.Record.Chunks[^1].Text, StringComparison.Ordinal);
        await session.RunAsync("22");
        await session.RunAsync(".");
        Assert.Equal("kd> ", session.Record.Chunks[^1].Text);
        Assert.Contains("11 22 00 00", await session.RunAsync("db fffff80000002000 L4"), StringComparison.Ordinal);
        Assert.DoesNotContain("okd-", session.Record.Text, StringComparison.Ordinal);
    }

    /// <summary>A marker, or whatever comes next, would be taken for the key that it waits for.</summary>
    [KdFact]
    public async Task Help_WaitsForALineBetweenItsPages_AndTakesNoMarker()
    {
        await using var session = await KdSession.StartAsync(kd.Cdb, KdFixture.LiveTarget);
        Assert.EndsWith("Hit Enter...", await session.RunAsync("?"), StringComparison.Ordinal);
        await session.RunAsync(".");
        Assert.Equal("0:000> ", session.Record.Chunks[^1].Text);
        Assert.DoesNotContain("okd-", session.Record.Text, StringComparison.Ordinal);
        Assert.Equal("done\n", await session.RunAsync(".echo done"));
    }

    [KdFact]
    public async Task Secure_KeepsTheSessionFromTheComputer()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var session = await KdSession.StartAtPromptAsync(kd.Kd, ["-secure", .. target.Arguments]);
        Assert.Contains(".shell has been disabled", await session.RunAsync(".shell echo out"), StringComparison.Ordinal);
        await session.RunAsync(".detach");
        Assert.Contains("rip=", await session.RunAsync("r"), StringComparison.Ordinal);
        await target.StaysFrozenAsync();
    }

    [KdFact]
    public async Task Kernel_RunsStopsAndRuns_AsTheStatesSay()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var session = await KdSession.StartAsync(kd.Kd, target.Arguments);
        await session.UntilAsync(DebuggerState.Ready);
        Assert.Equal("kd> ", session.Record.Chunks[^1].Text);
        session.Begin("g");
        await session.UntilAsync(DebuggerState.Running);
        await target.RunsOnAsync();
        Assert.False(session.Process.TryRun("early", "r"));
        await session.BreakAsync();
        await target.StaysFrozenAsync();
        Assert.Contains("rip=", await session.RunAsync("r"), StringComparison.Ordinal);
        Assert.DoesNotContain("okd-", session.Record.Text, StringComparison.Ordinal);
    }

    [KdFact]
    public async Task Kernel_BeforeFirstContact_HasStartedAndWaits()
    {
        await using var target = await KdTarget.StartRunningAsync();
        await using var session = await KdSession.StartAsync(kd.Kd, target.Arguments);
        await session.UntilAsync(DebuggerState.Running);
        Assert.Contains("Waiting to reconnect...", session.Record.Text, StringComparison.Ordinal);
        await target.RunsOnAsync();
        await session.BreakAsync();
        await target.StaysFrozenAsync();
        Assert.Equal("kd> ", session.Record.Chunks[^1].Text);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
