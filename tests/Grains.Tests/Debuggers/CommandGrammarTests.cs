using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;

namespace OrleansKd.Grains.Tests.Debuggers;

/// <summary>What each grammar makes of the lines in <c>Corpus</c> (rules E6, E7, F5).</summary>
public sealed class CommandGrammarTests
{
    public static TheoryData<string> Kinds => ["kd", "gdb", "lldb"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RefusalToInspect_WhenEveryPartReads_IsNull(string kind) =>
        NoneOf(CorpusFile.Lines(kind, "allowed")
            .Select(line => (Line: line, Refusal: CommandGrammar.For(kind).RefusalToInspect(line)))
            .Where(verdict => verdict.Refusal is not null));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RefusalToInspect_WhenAPartMayDoMore_SaysWhy(string kind) =>
        NoneOf(CorpusFile.Lines(kind, "refused").Where(line => CommandGrammar.For(kind).RefusalToInspect(line) is not { Length: > 10 }));

    /// <summary>What ends, resumes or takes further lines must not be among the reading commands, whatever the lists say.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void RefusalToInspect_WhenALineEndsResumesOrAsksForMore_IsNeverNull(string kind)
    {
        var grammar = CommandGrammar.For(kind);
        NoneOf(CorpusFile.Expectations(kind, "quits").Where(line => line.Expected != "-" && grammar.RefusalToInspect(line.Line) is null));
        NoneOf(CorpusFile.Expectations(kind, "resumes").Concat(CorpusFile.Expectations(kind, "more")).Where(line => line.Expected == "yes" && grammar.RefusalToInspect(line.Line) is null));
        NoneOf(CorpusFile.Lines(kind, "allowed").Where(line => grammar.QuitWordIn(line) is not null || grammar.Resumes(line) || grammar.AsksForMore(line)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void QuitWordIn_IsTheFirstThatTheDebuggerWouldActOn(string kind) =>
        NoneOf(CorpusFile.Expectations(kind, "quits")
            .Select(line => (line.Line, line.Expected, Actual: CommandGrammar.For(kind).QuitWordIn(line.Line) ?? "-"))
            .Where(line => line.Expected != line.Actual));

    /// <summary>Every command that the engine was seen to run, however it was hidden; and none of them may be run by whoever may only inspect.</summary>
    [Fact]
    public void QuitWordIn_WhereKdsEngineRunsAHiddenCommand_SeesIt()
    {
        var grammar = CommandGrammar.For("kd");
        var run = CorpusFile.Expectations("kd", "runs").Where(line => line.Expected != "no").ToArray();
        Assert.True(run.Length > 300);
        NoneOf(run.Where(line => grammar.QuitWordIn(line.Line.Replace("COMMAND", "qq", StringComparison.Ordinal)) is null));
        NoneOf(run.Where(line => grammar.RefusalToInspect(line.Line.Replace("COMMAND", "r $t0=1", StringComparison.Ordinal)) is null));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Resumes_IsWhetherTheTargetRuns(string kind) => Check(kind, "resumes", (grammar, line) => grammar.Resumes(line));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AsksForMore_IsWhetherFurtherLinesAreInput(string kind) => Check(kind, "more", (grammar, line) => grammar.AsksForMore(line));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void MayRepeat_IsWhetherItOnlyStepsOrPages(string kind) => Check(kind, "repeats", (grammar, line) => grammar.MayRepeat(line));

    [Theory]
    [InlineData("cdb")]
    [InlineData("ntsd")]
    public void For_WhenTheDebuggerIsOnMicrosoftsEngine_KnowsItsLanguage(string kind)
    {
        Assert.Null(CommandGrammar.For(kind).RefusalToInspect("k; r"));
        Assert.Contains(kind, CommandGrammar.For(kind).RefusalToInspect(".shell id")!, StringComparison.Ordinal);
        Assert.Equal("qq", CommandGrammar.For(kind).QuitWordIn("k; qq"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GDB")]
    [InlineData("windbg")]
    public void For_WhenTheDebuggerIsNotKnown_NothingMayBeInspected(string kind)
    {
        var grammar = CommandGrammar.For(kind);

        Assert.NotNull(grammar.RefusalToInspect("bt"));
        Assert.Null(grammar.QuitWordIn("q"));
        Assert.False(grammar.MayRepeat("n") || grammar.Resumes("g") || grammar.AsksForMore("a"));
    }

    [Theory]
    [InlineData("gdb", "shell id", "“shell”")]
    [InlineData("gdb", "info os files", "“info os”")]
    [InlineData("gdb", "thread apply all shell id", "“shell”")]
    [InlineData("gdb", "print twice(3)", "“twice(”")]
    [InlineData("gdb", "print counter=9", "“=”")]
    [InlineData("kd", "k; .shell calc", "“.shell”")]
    [InlineData("kd", "!evil 5", "“!evil”")]
    [InlineData("kd", "k{{U+202E}}", "U+202E")]
    public void RefusalToInspect_NamesWhatIsNotKnown(string kind, string line, string name) =>
        Assert.Contains(name, CommandGrammar.For(kind).RefusalToInspect(line.Replace("{{U+202E}}", "\u202E", StringComparison.Ordinal))!, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RefusalToInspect_WhenTheLineIsTooLong_SaysSo(string kind)
    {
        var line = (kind == "kd" ? "k;" : "bt ") + new string(' ', Limits.CommandLength);

        Assert.Contains("4096", CommandGrammar.For(kind).RefusalToInspect(line)!, StringComparison.Ordinal);
    }

    private static void NoneOf<T>(IEnumerable<T> wrong)
    {
        var lines = wrong.ToArray();
        Assert.True(lines.Length == 0, string.Join('\n', lines));
    }

    private static void Check(string kind, string verdict, Func<CommandGrammar, string, bool> isSo) =>
        NoneOf(CorpusFile.Expectations(kind, verdict).Where(line => line.Expected == "yes" != isSo(CommandGrammar.For(kind), line.Line)));
}
