using OrleansKd.Testing.Kd;

namespace OrleansKd.KdHost.Tests;

/// <summary>One console, its own engine: prompts, commands, Break, leaving.</summary>
public sealed class ConsoleTests(KdFixture kd)
{
    private const string Prompt = "0:000> ";

    [KdFact]
    public async Task Start_OnAProgram_StopsItBeforeItRunsAndShowsThePrompt()
    {
        await using var console = KdConsole.Start(kd.Cdb, KdFixture.LiveTarget);
        var banner = await console.UntilAsync(Prompt);
        Assert.Contains("Microsoft (R) Windows Debugger Version 10.0.", banner, StringComparison.Ordinal);
        Assert.Contains("Break instruction exception - code 80000003 (first chance)", banner, StringComparison.Ordinal);
        Assert.Contains("ntdll", await console.AskAsync("lm", Prompt), StringComparison.Ordinal);
        await console.SayAsync("q");
        Assert.Equal(0, await console.EndAsync());
        Assert.EndsWith("quit:\n", console.Output, StringComparison.Ordinal);
    }
}
