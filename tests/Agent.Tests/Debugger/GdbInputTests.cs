using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>Who reads what is written to gdb, and what users set that the agent lives on.</summary>
public sealed class GdbInputTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-input-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Run_OfAProgramThatReads_GivesItAnEmptyInputAndLosesNoCommand()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx /bin/cat");
        Assert.Contains("exited normally", await gdb.RunAsync("run"), StringComparison.Ordinal);
        Assert.Equal("still here", await gdb.RunAsync("echo still here"));
    }

    [Fact]
    public async Task Run_WithAnInputOfItsOwn_ReadsThat()
    {
        var file = Path.Combine(folder, "input");
        await File.WriteAllTextAsync(file, "what the file says\n", TestContext.Current.CancellationToken);
        await using var gdb = await GdbSession.StartAsync("-q -nx /bin/cat");
        Assert.Contains("what the file says", await gdb.RunAsync($"run < {file}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Starti_StopsInTheProgramItself()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Crash}");
        Assert.Contains("Program stopped", await gdb.RunAsync("starti"), StringComparison.Ordinal);
        Assert.DoesNotContain("is executing new program", gdb.Record.Text, StringComparison.Ordinal);
        Assert.Equal(SamplePrograms.Crash, new FileInfo($"/proc/{Assert.Single(gdb.Targets())}/exe").LinkTarget);
    }

    [Fact]
    public async Task Pagination_SetByAUser_WaitsForNoKey()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        await gdb.RunAsync("set pagination on");
        await gdb.RunAsync("set height 5");
        Assert.DoesNotContain("--Type <RET>", await gdb.RunAsync("help data"), StringComparison.Ordinal);
        Assert.Equal("still here", await gdb.RunAsync("echo still here"));
    }

    [Fact]
    public async Task Confirmation_SetByAUser_AnswersItself()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Count}");
        await gdb.RunAsync("set confirm on");
        await gdb.RunAsync("break main");
        Assert.Contains("answered Y", await gdb.RunAsync("delete"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tui_OverPipes_IsRefusedByGdb()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        Assert.Contains("not a terminal", await gdb.RunAsync("layout src"), StringComparison.Ordinal);
        Assert.Equal("still here", await gdb.RunAsync("echo still here"));
    }

    [Fact]
    public async Task Script_OfThreeHundredCommands_HasEachOutputInItsOwnBlock()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        for (var number = 1; number <= 300; number++)
        {
            var printed = await gdb.RunAsync(number % 3 == 0 ? $"shell echo line {number} >&2" : $"printf \"line %d\\n\", {number}");
            Assert.Equal($"line {number}\n", printed);
        }
        var commands = gdb.Record.Chunks.Where(chunk => chunk.Kind is AgentChunkKind.CommandStarted or AgentChunkKind.CommandCompleted);
        Assert.All(commands.Chunk(2), pair => Assert.Equal((AgentChunkKind.CommandStarted, pair[0].CommandId), (pair[0].Kind, pair[1].CommandId)));
    }
}
