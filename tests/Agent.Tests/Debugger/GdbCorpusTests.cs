using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Grains.Tests.Debuggers;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>Whether gdb does with a line what its grammar says of it.</summary>
public sealed class GdbCorpusTests
{
    private static readonly CommandGrammar Grammar = CommandGrammar.For("gdb");

    [Fact]
    public async Task EveryAllowedLine_OnAStoppedProgram_ChangesNothing()
    {
        await using var gdb = await StoppedAsync();
        var folder = Directory.CreateTempSubdirectory("orleanskd-inspected-").FullName;
        await gdb.RunAsync($"cd {folder}");
        var before = await TargetSnapshot.TakeAsync(gdb);

        foreach (var line in CorpusFile.Lines("gdb", "allowed"))
        {
            await gdb.RunAsync(Grammar.Guarded(line));
            var printed = await gdb.RunAsync(line);
            Assert.False(printed.Contains("Undefined", StringComparison.Ordinal) || printed.Contains("Ambiguous", StringComparison.Ordinal), $"{line}: {printed}");
            Assert.Equal((line, before), (line, await TargetSnapshot.TakeAsync(gdb)));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        Directory.Delete(folder);
    }

    /// <summary>That the snapshot sees a change at all.</summary>
    [Theory]
    [InlineData("print counter=9")]
    [InlineData("print numbers[0]++")]
    [InlineData("print $rax=9")]
    [InlineData("print twice(3)")]
    [InlineData("print &\"text\"")]
    [InlineData("up")]
    [InlineData("break main")]
    [InlineData("set language pascal")]
    [InlineData("display counter")]
    [InlineData("stepi")]
    public async Task ARefusedLine_OnAStoppedProgram_ChangesSomething(string line)
    {
        Assert.NotNull(Grammar.RefusalToInspect(line));
        await using var gdb = await StoppedAsync();
        var before = await TargetSnapshot.TakeAsync(gdb);

        await gdb.RunAsync(line);

        Assert.NotEqual(before, await TargetSnapshot.TakeAsync(gdb));
    }

    /// <summary>What text can't show (macros, overloaded operators) does this; the guard forbids it.</summary>
    [Theory]
    [InlineData("print counter=9", "not allowed")]
    [InlineData("print twice(3)", "may-call-functions is off")]
    [InlineData("print &\"text\"", "may-call-functions is off")]
    public async Task AGuardedLine_OnAStoppedProgram_NeitherCallsNorWrites(string line, string says)
    {
        await using var gdb = await StoppedAsync();
        var before = await TargetSnapshot.TakeAsync(gdb);

        Assert.Contains(says, await gdb.RunAsync(Grammar.Guarded(line)), StringComparison.Ordinal);

        Assert.Equal(before, await TargetSnapshot.TakeAsync(gdb));
    }

    [Fact]
    public async Task ALineOfOneWhoInspects_AtAContinuationPrompt_IsNotTaken()
    {
        await using var gdb = await StoppedAsync();
        await gdb.RunAsync("commands");

        Assert.True(gdb.Process.IsContinuing);
        Assert.False(gdb.Process.TryRun("inspect", "bt", onlyAsCommand: true));
        await gdb.RunAsync("end");
        Assert.True(gdb.Process.TryRun("inspect", "bt", onlyAsCommand: true));
    }

    [Fact]
    public async Task EveryLineWithAQuitWord_EndsGdb() =>
        await Parallel.ForEachAsync(
            // An MI command alone ends only a gdb that was started for MI.
            CorpusFile.Expectations("gdb", "quits").Where(line => line.Expected != "-" && line.Line != "-gdb-exit").Select(line => line.Line),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (line, _) =>
            {
                await using var gdb = await StoppedAsync();
                gdb.Begin(line);
                await Eventually.TrueAsync(() => gdb.Process.Exited.IsCompleted, $"gdb ends after {line}");
            });

    [Fact]
    public async Task NoLineWithoutAQuitWord_EndsGdb()
    {
        await using var gdb = await StoppedAsync();
        foreach (var (_, line) in CorpusFile.Expectations("gdb", "quits").Where(line => line.Expected == "-" && !Grammar.AsksForMore(line.Line)))
            await gdb.RunAsync(line);
        Assert.Contains("still here", await gdb.RunAsync("echo still here"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryLineThatAsksForMore_IsFollowedByAContinuation()
    {
        // Those without Python's or guile's own prompts, and without a shell that waits for its input.
        string[] lines = ["commands", "comm", "define x", "document x", "doc x", "python", "py", "if 1", "while 1", "compile code", "expression"];
        foreach (var line in lines)
        {
            Assert.True(Grammar.AsksForMore(line), line);
            await using var gdb = await StoppedAsync();
            if (line.StartsWith("doc", StringComparison.Ordinal))
                await DefineAsync(gdb);
            await gdb.RunAsync(line);
            // The command's end is told before the prompt that follows it.
            await Eventually.TrueAsync(() => gdb.Record.Chunks.Last(chunk => chunk.Kind == AgentChunkKind.StateChanged).Text?.Trim() == ">", $"the prompt after {line} is a continuation");
        }
    }

    private static async Task DefineAsync(DebuggerSession gdb)
    {
        await gdb.RunAsync("define x");
        await gdb.RunAsync("end");
    }

    private static async Task<DebuggerSession> StoppedAsync()
    {
        var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Sample}");
        await gdb.RunAsync("break twice");
        await gdb.RunAsync("run");
        return gdb;
    }
}
