using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

public sealed class GdbPromptTests
{
    [Fact]
    public async Task Start_WhenGdbIsAtItsPrompt_ShowsTheUsualPromptAndNoMarker()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        await gdb.UntilAsync(DebuggerState.Ready);
        Assert.EndsWith("(gdb) ", gdb.Record.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("okd-", gdb.Record.Text, StringComparison.Ordinal);
        Assert.Equal("(gdb) ", gdb.Record.Chunks[^1].Text);
    }

    [Fact]
    public async Task Backtrace_AfterACrash_ShowsTheFramesAndTheSource()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Crash}");
        Assert.Contains("SIGSEGV", await gdb.RunAsync("run"), StringComparison.Ordinal);
        var frames = await gdb.RunAsync("bt");
        Assert.Contains("#0 ", frames, StringComparison.Ordinal);
        Assert.Contains("#3 ", frames, StringComparison.Ordinal);
        Assert.Contains("in serve (connection=3) at ", frames, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_ThatLooksLikeThePrompt_EndsNoCommand()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        var output = await gdb.RunAsync("printf \"(gdb) fake\\n(gdb) \"");
        Assert.Equal("(gdb) fake\n(gdb) ", output);
        Assert.Equal("done", await gdb.RunAsync("echo done"));
    }

    [Fact]
    public async Task Commands_UpToEnd_TakeTheirLinesInOrderAtTheContinuationPrompt()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx {SamplePrograms.Count}");
        await gdb.RunAsync("break usleep");
        await gdb.RunAsync("commands 1");
        Assert.Equal(">", gdb.Record.Chunks[^1].Text);
        await gdb.RunAsync("silent");
        await gdb.RunAsync("if 1");
        Assert.Equal(" >", gdb.Record.Chunks[^1].Text);
        await gdb.RunAsync("printf \"stopped here\\n\"");
        await gdb.RunAsync("end");
        await gdb.RunAsync("end");
        Assert.Equal("(gdb) ", gdb.Record.Chunks[^1].Text);
        Assert.Contains("stopped here", await gdb.RunAsync("run"), StringComparison.Ordinal);
        Assert.DoesNotContain("okd-", await gdb.RunAsync("info breakpoints"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompt_WhenAUserSetsAnother_StaysTheMarker()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        await gdb.RunAsync("set prompt mine> ");
        await gdb.RunAsync("show prompt");
        Assert.DoesNotContain("okd-", gdb.Record.Text, StringComparison.Ordinal);
        Assert.Equal("still here", await gdb.RunAsync("echo still here"));
    }

    [Fact]
    public async Task Errors_AndOutput_KeepTheirOrder()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        await gdb.RunAsync("define both");
        await gdb.RunAsync("echo before\\n");
        await gdb.RunAsync("shell echo wrong >&2");
        await gdb.RunAsync("echo after\\n");
        await gdb.RunAsync("end");
        Assert.Equal("before\nwrong\nafter\n", await gdb.RunAsync("both"));
    }

    [Fact]
    public async Task Settings_AreDeleted_OnceThePromptCame()
    {
        await using var gdb = await GdbSession.StartAsync("-q -nx");
        await gdb.UntilAsync(DebuggerState.Ready);
        var arguments = File.ReadAllText($"/proc/{gdb.Process.ProcessId}/cmdline").Split('\0');
        var settings = arguments[Array.IndexOf(arguments, "-ix") + 1];
        Assert.EndsWith("settings.gdb", settings, StringComparison.Ordinal);
        Assert.False(File.Exists(settings));
    }

    [Fact]
    public async Task Arguments_BehindArgs_AreTheTargets()
    {
        await using var gdb = await GdbSession.StartAsync($"-q -nx --args {SamplePrograms.Flood} 2 'a b' $HOME");
        Assert.Contains("2 a\\ b \\$HOME", await gdb.RunAsync("show args"), StringComparison.Ordinal);
        Assert.Contains("line 000000002", await gdb.RunAsync("run"), StringComparison.Ordinal);
    }
}
