using OrleansKd.Testing.Kd;

namespace OrleansKd.KdHost.Tests;

/// <summary>One console with the engine in its process.</summary>
public sealed class ConsoleTests(KdFixture kd)
{
    [KdFact]
    public async Task Start_OnAProgram_StopsItBeforeItRuns()
    {
        await using var console = KdConsole.Start(kd.Cdb, KdFixture.LiveTarget);
        var banner = await console.UntilAsync(Texts.Prompt);
        Assert.Contains("Microsoft (R) Windows Debugger Version 10.0.", banner, StringComparison.Ordinal);
        Assert.Contains(Texts.BreakException, banner, StringComparison.Ordinal);
        Assert.Equal(Texts.Quit, await console.AskAsync("q", Texts.Quit));
        Assert.Equal(0, await console.EndAsync());
    }

    [KdFact]
    public async Task Start_OnADump_ShowsWhereItWasTaken()
    {
        var dump = Path.Combine(Path.GetTempPath(), $"orleanskd-{Guid.NewGuid():n}.dmp");
        try
        {
            await using (var live = KdConsole.Start(kd.Cdb, KdFixture.LiveTarget))
            {
                await live.UntilAsync(Texts.Prompt);
                var written = await live.AskAsync($".dump /m {KdFixture.WindowsPath(dump)}", Texts.Prompt);
                Assert.Contains("Dump successfully written", written, StringComparison.Ordinal);
            }
            await using var console = KdConsole.Start(kd.Cdb, "-z", KdFixture.WindowsPath(dump));
            Assert.Contains("User Mini Dump File", await console.UntilAsync(Texts.Prompt), StringComparison.Ordinal);
            Assert.Contains("rip=", await console.AskAsync("r rip", Texts.Prompt), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(dump);
        }
    }

    [KdFact]
    public async Task Start_OnADumpThatIsNotThere_SaysSoAndFails()
    {
        await using var console = KdConsole.Start(kd.Cdb, "-z", @"C:\none.dmp");
        await console.UntilAsync("OpenDumpFile failed, HRESULT 0x80070002");
        Assert.Equal(1, await console.EndAsync());
    }

    [KdFact]
    public async Task Line_WhenItsFirstCommandIsFaulty_RunsNoOther()
    {
        await using var console = KdConsole.Start(kd.Cdb, KdFixture.LiveTarget);
        await console.UntilAsync(Texts.Prompt);
        var answer = await console.AskAsync("no_such_command; .echo reached", Texts.Prompt);
        Assert.Contains("Syntax error in 'no_such_command; .echo reached'", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("reached\n", answer, StringComparison.Ordinal);
    }

    [KdFact]
    public async Task Break_WhileTheProgramRuns_BringsThePromptBack()
    {
        await using var console = KdConsole.Start(kd.Cdb, KdFixture.LiveTarget);
        await console.UntilAsync(Texts.Prompt);
        await console.AskAsync("g", KdFixture.Alive);
        console.Break();
        await console.UntilAsync(Texts.BreakException);
        // The break is a thread of its own in the target.
        Assert.Matches(@"^0:\d{3}> $", await console.UntilAsync("> "));
    }

    [KdFact]
    public async Task Break_WhileACommandRuns_EndsTheCommand()
    {
        await using var console = KdConsole.Start(kd.Cdb, KdFixture.LiveTarget);
        await console.UntilAsync(Texts.Prompt);
        await console.AskAsync(".while (1) { .echo again }", "again\n");
        console.Break();
        await console.UntilAsync(Texts.Interrupted);
        await console.UntilAsync(Texts.Prompt);
        Assert.Equal("here\n" + Texts.Prompt, await console.AskAsync(".echo here", Texts.Prompt));
    }

    [KdFact]
    public async Task Start_OfAProgramInSecureMode_IsDenied()
    {
        await using var console = KdConsole.Start(kd.Cdb, ["-secure", .. KdFixture.LiveTarget]);
        await console.UntilAsync("CreateProcess failed, HRESULT 0x80070005");
        Assert.Equal(1, await console.EndAsync());
    }

    [KdFact]
    public async Task CtrlB_InADebuggerThatIsNoClient_EndsItAbruptly()
    {
        await using var console = KdConsole.Start(kd.Cdb, KdFixture.LiveTarget);
        await console.UntilAsync(Texts.Prompt);
        await console.SayAsync(KdConsole.CtrlB);
        Assert.Equal(0, await console.EndAsync());
        Assert.EndsWith(Texts.Prompt, console.Output, StringComparison.Ordinal);
    }

    [KdFact]
    public async Task Input_WhenItEnds_QuitsAfterItsLines()
    {
        await using var console = KdConsole.Start(kd.Cdb, KdFixture.LiveTarget);
        await console.SayAsync(".echo last");
        console.EndInput();
        await console.UntilAsync($"last\n{Texts.Prompt}{Texts.Quit}");
        Assert.Equal(0, await console.EndAsync());
    }
}
