using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Grains.Tests.Debuggers;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>Whether lldb does with a line what its grammar says of it.</summary>
public sealed class LldbCorpusTests
{
    [LldbFact]
    public async Task EveryAllowedLine_OnAStoppedProgram_IsKnownAndChangesNothing()
    {
        await using var lldb = await LldbSession.StartAsync($"{SamplePrograms.Sample} -o 'breakpoint set --name twice' -o run");
        await lldb.UntilAsync(DebuggerState.Ready);
        var before = await StateAsync(lldb);
        Assert.Contains("rip = ", before, StringComparison.Ordinal);

        foreach (var line in CorpusFile.Lines("lldb", "allowed"))
        {
            var printed = await lldb.RunAsync(line);
            Assert.False(printed.Contains("is not a valid command", StringComparison.Ordinal) || printed.Contains("ambiguous", StringComparison.OrdinalIgnoreCase), $"{line}: {printed}");
            Assert.Equal((line, before), (line, await StateAsync(lldb)));
        }
    }

    [LldbFact]
    public async Task EveryLineWithAQuitWord_EndsLldb() =>
        await Parallel.ForEachAsync(
            CorpusFile.Expectations("lldb", "quits").Where(line => line.Expected != "-").Select(line => line.Line),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (line, _) =>
            {
                await using var lldb = await LldbSession.StartAsync("");
                lldb.Begin(line);
                await Eventually.TrueAsync(() => lldb.Process.Exited.IsCompleted, $"lldb ends after {line}");
            });

    [LldbFact]
    public async Task NoLineWithoutAQuitWord_EndsLldb()
    {
        await using var lldb = await LldbSession.StartAsync("");
        var grammar = CommandGrammar.For("lldb");
        foreach (var (_, line) in CorpusFile.Expectations("lldb", "quits").Where(line => line.Expected == "-" && line.Line.Length > 0 && !grammar.AsksForMore(line.Line)))
            await lldb.RunAsync(line);
        Assert.Equal("still here\n", await lldb.RunAsync("script print('still here')"));
    }

    private static async Task<string> StateAsync(DebuggerSession lldb) =>
        await lldb.RunAsync("register read --all") + await lldb.RunAsync("memory read --count 64 &counter");
}
