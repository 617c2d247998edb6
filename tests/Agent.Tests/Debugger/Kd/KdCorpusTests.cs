using System.Text.RegularExpressions;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Grains.Tests.Debuggers;
using OrleansKd.Testing.Kd;

namespace OrleansKd.Agent.Tests.Debugger.Kd;

/// <summary>
/// Where a command begins and ends is for Microsoft's engine to say: each line of <c>kd.runs</c> hides one that sets <c>$t0</c>, and the
/// engine shows whether it ran. One engine for all lines.
/// </summary>
public sealed partial class KdCorpusTests(KdFixture kd)
{
    private const string Hidden = "COMMAND";

    /// <summary>Back to what the next line shall find. The aliases go last: until then they stand for what is behind them in a line.</summary>
    private const string Reset = "r $t0=0; r $t1=0; bc *; n 16; ad /q *";

    /// <summary>What must not change: registers, memory, and what earlier lines counted on.</summary>
    private const string State = """.printf "state %p %p %p %x %x end\n", @$t0, @rip, @rsp, dwo(0xfffff80000002000), 10""";

    /// <summary>Lines that are waited for together.</summary>
    private const int Together = 50;

    /// <summary>Ways to set <c>$t0</c> or the memory, for whoever may only read.</summary>
    private static readonly string[] Evils =
        ["r $t0=1", "r$t0=1", "r @$t0=1", "r $t0 = 1", "r? $t0=1", "r $t0=1;k", "0r $t0=1", "~0r $t0=1", "?? @$t0=1", "eb fffff80000002000 1", "n 8", ".block{r $t0=1}", "r $t0 1"];

    private static readonly CommandGrammar Grammar = CommandGrammar.For("kd");

    [KdTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EveryHiddenCommand_RunsWhereTheCorpusSays(bool isKernel)
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var console = isKernel ? KdConsole.Start(kd.Kd, target.Arguments) : KdConsole.Start(kd.Cdb, KdFixture.LiveTarget);
        var corpus = CorpusFile.Expectations("kd", "runs").Select((line, number) => (line.Expected, line.Line, Number: number)).ToArray();

        foreach (var portion in corpus.Chunk(Together))
        {
            foreach (var (_, line, number) in portion)
            {
                await console.SayAsync(Reset);
                await console.SayAsync(line.Replace(Hidden, "r $t0=1", StringComparison.Ordinal));
                await console.SayAsync($".printf \"ran {number} %d end\\n\", @$t0");
            }
            await console.AskAsync($".echo portion {portion[0].Number} done", $"portion {portion[0].Number} done\n");
        }

        var ran = Ran().Matches(console.Output).ToDictionary(match => int.Parse(match.Groups[1].ValueSpan), match => match.Groups[2].ValueSpan is "1");
        var mode = isKernel ? "kernel" : "user";
        Assert.Empty(corpus.Where(line => ran[line.Number] != (line.Expected == "both" || line.Expected == mode)).Select(line => (line, ran[line.Number])));
    }

    [KdFact]
    public async Task EveryAllowedLine_ChangesNothing()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var console = KdConsole.Start(kd.Kd, target.Arguments);
        var hiding = from line in CorpusFile.Expectations("kd", "runs")
                     from evil in Evils
                     select line.Line.Replace(Hidden, evil, StringComparison.Ordinal);
        string[] lines = [.. CorpusFile.Lines("kd", "allowed").Concat(hiding).Where(line => Grammar.RefusalToInspect(line) is null).Distinct()];
        await console.AskAsync(".echo begun", "begun\n");
        var before = await WholeAsync(console, "before");

        foreach (var portion in lines.Chunk(Together))
        {
            foreach (var line in portion)
            {
                await console.SayAsync(line);
                await console.SayAsync(State);
            }
            await console.AskAsync($".echo up to {Array.IndexOf(lines, portion[^1])}", $"up to {Array.IndexOf(lines, portion[^1])}\n");
        }

        var states = StateLine().Matches(console.Output).Select(match => match.Value).ToArray();
        Assert.Equal(lines.Length, states.Length);
        Assert.StartsWith("state 0000000000000000 ", states[0], StringComparison.Ordinal);
        Assert.All(lines.Zip(states), line => Assert.Equal((line.First, states[0]), line));
        Assert.Equal(before, await WholeAsync(console, "after"));
        await target.StaysFrozenAsync();
    }

    /// <summary>That what is compared would tell.</summary>
    [KdFact]
    public async Task ARefusedLine_ChangesTheState()
    {
        await using var target = await KdTarget.StartFrozenAsync();
        await using var console = KdConsole.Start(kd.Kd, target.Arguments);
        await console.AskAsync(".echo begun", "begun\n");
        var count = 0;
        foreach (var line in (string[])["r $t0=1", "r rip=@rip+1", "eb fffff80000002000 1", "n 8"])
        {
            Assert.NotNull(Grammar.RefusalToInspect(line));
            await console.SayAsync(State);
            await console.SayAsync(line);
            await console.SayAsync(State);
            await console.AskAsync(".echo seen", "seen\n");
            var states = StateLine().Matches(console.Output).Select(match => match.Value).ToArray();
            Assert.Equal(count += 2, states.Length);
            Assert.NotEqual(states[^2], states[^1]);
        }
    }

    /// <summary>All registers, breakpoints, the evaluator, the processor's mode and the radix.</summary>
    private static async Task<string> WholeAsync(KdConsole console, string name)
    {
        await console.SayAsync("r; r $t0, $t1; bl; .expr; .effmach; n");
        return (await console.AskAsync($".echo whole {name}", $"whole {name}\n")).Replace(name, "", StringComparison.Ordinal);
    }

    [GeneratedRegex("ran ([0-9]+) ([0-9]+) end\n")]
    private static partial Regex Ran();

    [GeneratedRegex("state .* end\n")]
    private static partial Regex StateLine();
}
