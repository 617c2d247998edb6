using System.Text;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Debugger.Lldb;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>Which of lldb's prompts are ones: it prints them before commands of a script too, and a target may print behind them.</summary>
public sealed class MarkedOutputTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-marked-").FullName;
    private readonly LldbDialect dialect;
    private readonly SeenOutput lldb = new();
    private readonly string stem;

    public MarkedOutputTests()
    {
        dialect = new(folder, "/python");
        lldb.Attach(dialect);
        stem = Encoding.UTF8.GetString(dialect.MarkerStem);
        Marks('V');
        Marks('W');
        lldb.Clear();
        lldb.Writes("run");
    }

    public void Dispose()
    {
        dialect.Dispose();
        Directory.Delete(folder);
    }

    [Fact]
    public void Prompt_IsOne_WhenLldbWaits()
    {
        lldb.Prints("done\n");
        Marks('V');
        lldb.IsSilent(Long);
        Assert.Equal("done\n", lldb.Seen);
        Marks('W');
        Assert.Equal("done\n[(lldb) ]", lldb.Seen);
    }

    [Fact]
    public void Prompt_WithTheTargetsLastLinesBehindIt_IsOne()
    {
        lldb.Prints("line 1\nline Process 1 exited\n");
        Marks('V');
        lldb.Prints("2\nline 3\n");
        lldb.IsSilent(Long);
        Assert.Equal("line 1\nline Process 1 exited\n(lldb) 2\nline 3\n", lldb.Seen);
        Marks('W');
        Assert.Equal("line 1\nline Process 1 exited\n(lldb) 2\nline 3\n[]", lldb.Seen);
    }

    [Fact]
    public void Prompt_BeforeACommandOfAScript_IsNone()
    {
        Marks('V');
        lldb.Prints("script time.sleep(60)\n");
        lldb.IsSilent(Long);
        lldb.Prints("slept\n");
        Marks('V');
        Marks('W');
        Assert.Equal("(lldb) script time.sleep(60)\nslept\n[(lldb) ]", lldb.Seen);
    }

    [Fact]
    public void Question_OfACommandOfAScript_IsNoPrompt()
    {
        Marks('V');
        lldb.Prints("process kill\nKill it? [Y/n] ");
        Marks('W');
        lldb.IsSilent(MarkedOutput.ContinuationAfter);
        Assert.Equal("(lldb) process kill\nKill it? [Y/n] <Kill it? [Y/n] >", lldb.Seen);
    }

    [Fact]
    public void Waiting_ForALineThatWasWritten_IsNoPrompt()
    {
        Marks('W');
        Marks('V');
        lldb.Writes("too early");
        Marks('W');
        Assert.Equal("", lldb.Seen);
    }

    [Fact]
    public void Prompt_WhereNothingTellsThatLldbWaits_IsOneAfterSilence()
    {
        Marks('Q');
        lldb.Prints("bt\nframe #0\n");
        Marks('Q');
        lldb.IsSilent(MarkedOutput.PromptAfter);
        Assert.Equal("(lldb) bt\nframe #0\n[(lldb) ]", lldb.Seen);
    }

    private void Marks(char kind) => lldb.Prints(stem + kind);
}
