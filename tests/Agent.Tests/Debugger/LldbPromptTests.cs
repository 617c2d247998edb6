using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>lldb's prompt and input on a real lldb.</summary>
public sealed class LldbPromptTests
{
    [LldbFact]
    public async Task Start_WithCommands_ShowsThemAsLldbDoes_AndNeitherMarkerNorScript()
    {
        await using var lldb = await LldbSession.StartAsync($"{SamplePrograms.Count} -o version");
        await lldb.UntilAsync(DebuggerState.Ready);
        Assert.Matches("""^\(lldb\) target create "[^"]*"\nCurrent executable set to [^\n]*\n\(lldb\) version\nlldb version [^\n]*\n\(lldb\) $""", lldb.Record.Text);
        Assert.Equal("(lldb) ", lldb.Record.Chunks[^1].Text);
        Assert.Equal([DebuggerState.Starting, DebuggerState.Ready], lldb.Record.States);
    }

    [LldbFact]
    public async Task Script_IsDeleted_OnceThePromptCame()
    {
        await using var lldb = await LldbSession.StartAsync("");
        var arguments = await File.ReadAllTextAsync($"/proc/{lldb.Process.ProcessId}/cmdline", TestContext.Current.CancellationToken);
        var script = arguments.Split('"')[1];
        Assert.EndsWith("orleanskd.py", script, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(script)!));
    }

    [LldbFact]
    public async Task Output_ThatLooksLikeAPrompt_EndsNoCommand()
    {
        await using var lldb = await LldbSession.StartAsync("");
        Assert.Equal("(lldb) fake\n(lldb) ", await lldb.RunAsync("script print('(lldb) fake\\n(lldb) ', end='')"));
        Assert.Equal("done\n", await lldb.RunAsync("script print('done')"));
    }

    [LldbFact]
    public async Task Output_WithTheMarkersBeginning_IsPassedOn()
    {
        await using var lldb = await LldbSession.StartAsync("");
        Assert.Equal("okd-0123456789abcdef0123456789abcdef-P\n", await lldb.RunAsync("script print('okd-0123456789abcdef0123456789abcdef-P')"));
    }

    [LldbFact]
    public async Task Prompt_WhenAUserSetsAnother_StaysTheMarker()
    {
        await using var lldb = await LldbSession.StartAsync("");
        await lldb.RunAsync("settings set prompt mine>");
        Assert.Equal("still here\n", await lldb.RunAsync("script print('still here')"));
        Assert.DoesNotContain("okd-", lldb.Record.Text, StringComparison.Ordinal);
    }

    [LldbFact]
    public async Task Lines_ForMoreOfACommand_AreTakenInOrderAtContinuationPrompts()
    {
        await using var lldb = await LldbSession.StartAsync(SamplePrograms.Crash);
        await lldb.RunAsync("breakpoint set --name main");
        await lldb.RunAsync("breakpoint command add 1");
        Assert.Equal("> ", lldb.Record.Chunks[^1].Text);
        await lldb.RunAsync("script print('stopped here')");
        await lldb.RunAsync("DONE");
        Assert.Equal("(lldb) ", lldb.Record.Chunks[^1].Text);
        Assert.Contains("stopped here", await lldb.RunAsync("run"), StringComparison.Ordinal);

        await lldb.RunAsync("script");
        Assert.Equal(">>> ", lldb.Record.Chunks[^1].Text);
        await lldb.RunAsync("for number in range(2):");
        Assert.Equal("... ", lldb.Record.Chunks[^1].Text);
        await lldb.RunAsync("quit()");
    }

    [LldbFact]
    public async Task Question_IsAskedAndNeverAnswersItself()
    {
        await using var lldb = await LldbSession.StartAsync(SamplePrograms.Crash);
        await lldb.RunAsync("breakpoint set --name main");
        await lldb.RunAsync("breakpoint delete");
        Assert.EndsWith("[Y/n] ", lldb.Record.Chunks[^1].Text, StringComparison.Ordinal);
        Assert.True(lldb.Process.IsContinuing);
        await lldb.RunAsync("n");
        Assert.Contains("name = 'main'", await lldb.RunAsync("breakpoint list"), StringComparison.Ordinal);
    }

    [LldbFact]
    public async Task Errors_AndOutput_KeepTheirOrder()
    {
        await using var lldb = await LldbSession.StartAsync("");
        Assert.Equal("error: 'nonsense' is not a valid command.\n", await lldb.RunAsync("nonsense"));
        for (var number = 1; number <= 30; number++)
            Assert.Equal($"line {number}\n", await lldb.RunAsync($"script print('line {number}')"));
    }

    [LldbFact]
    public async Task Start_WhenItEndsAtOnce_ShowsWhatItPrinted()
    {
        var problem = await Assert.ThrowsAsync<DebuggerStartException>(() => LldbSession.StartAsync("--no-such-option"));
        Assert.Contains("ended with exit code 1 before its first prompt", problem.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-option", problem.Message, StringComparison.Ordinal);
    }
}
