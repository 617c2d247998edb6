using System.Diagnostics;
using CsCheck;
using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;

namespace OrleansKd.Grains.Tests.Debuggers;

/// <summary>What holds for every line.</summary>
public sealed class CommandGrammarProperties
{
    private static readonly string[] Kinds = ["kd", "gdb", "lldb", "", "unknown"];

    /// <summary>The signs that grammars look at, and some that only look like them.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String,
        Gen.Char[" ;*$<>{}()[]\"'\\|~!?.@=+-/&#0a1q;kgdrtpe\t\n\u00A0\u202E"].Array[0, 60].Select(characters => new string(characters)),
        Gen.OneOf("k", "qq", ";", " ", "\"", "{", "}", ".if", "(1)", "j", "'", "*", "$$", ".echo", "as", "!process", "bt", "thread apply all", "print", "x", "=", "(", ")", "~0", "e", "|", "with", "--", "shell")
            .Array[0, 20].Select(words => string.Concat(words)));

    [Fact]
    public void Everything_WhenTheLineIsAnyText_AnswersWithoutThrowing() =>
        Text.Sample(line =>
        {
            foreach (var kind in Kinds)
            {
                var grammar = CommandGrammar.For(kind);
                grammar.QuitWordIn(line);
                grammar.RefusalToInspect(line);
                grammar.MayRepeat(line);
                grammar.Resumes(line);
                grammar.AsksForMore(line);
            }
        });

    /// <summary>The two readings of a line, one for people with full control and one for others, must not disagree about what matters.</summary>
    [Fact]
    public void RefusalToInspect_WhenNull_TheLineNeitherEndsNorResumesNorAsksForMore() =>
        Text.Sample(line => Kinds.Select(CommandGrammar.For).All(grammar =>
            grammar.RefusalToInspect(line) is not null || (grammar.QuitWordIn(line) is null && !grammar.Resumes(line) && !grammar.AsksForMore(line))));

    [Fact]
    public void RefusalToInspect_WhenAllowedKdCommandsAreJoined_IsNull()
    {
        var allowed = CorpusFile.Lines("kd", "allowed").Where(line => !line.Contains('*', StringComparison.Ordinal)).ToArray();
        Gen.OneOf(allowed).Array[1, 6].Sample(lines => CommandGrammar.For("kd").RefusalToInspect(string.Join(';', lines)) is null);
    }

    /// <summary>Before a comment, because behind one it is never run.</summary>
    [Fact]
    public void RefusalToInspect_WhenOneKdCommandAmongAllowedOnesIsRefused_IsNotNull()
    {
        var allowed = CorpusFile.Lines("kd", "allowed").Where(line => !line.TrimStart().StartsWith('*') && !line.Contains("; *", StringComparison.Ordinal)).ToArray();
        var refused = CorpusFile.Lines("kd", "refused").Where(line => line.Trim([' ', '\t', ';']).Length > 0 && !line.StartsWith("* note", StringComparison.Ordinal)).ToArray();
        Gen.Select(Gen.OneOf(allowed).Array[0, 3], Gen.OneOf(refused), Gen.OneOf(allowed).Array[0, 3])
            .Sample((before, evil, after) => CommandGrammar.For("kd").RefusalToInspect(string.Join(';', [.. before, evil, .. after])) is not null);
    }

    [Fact]
    public void QuitWordIn_WhenAQuitWordStandsBetweenKdCommands_FindsOne()
    {
        var others = CorpusFile.Lines("kd", "allowed").Where(line => !line.TrimStart().StartsWith('*') && !line.Contains("; *", StringComparison.Ordinal)).ToArray();
        Gen.Select(Gen.OneOf(others).Array[0, 3], Gen.OneOf("q", "qq", "qd", "qqd", ".detach", ".remote_exit"))
            .Sample((before, word) => CommandGrammar.For("kd").QuitWordIn(string.Join(';', [.. before, word, "k"])) == word);
    }

    /// <summary>The server asks on its grain's thread: a hostile line of full length must not hold it.</summary>
    [Theory]
    [InlineData("{")]
    [InlineData("j ")]
    [InlineData("\"")]
    [InlineData("p \"")]
    [InlineData("~0e ")]
    [InlineData("\\a")]
    [InlineData("!object \\a")]
    [InlineData("-v")]
    [InlineData("taas ")]
    [InlineData("thread apply 1 ")]
    [InlineData("with -- ")]
    [InlineData("eval \"")]
    [InlineData("| ")]
    [InlineData("print -pretty ")]
    [InlineData("bt -full ")]
    [InlineData("p (")]
    [InlineData("v a->")]
    [InlineData("eb ")]
    [InlineData("j '\"p ")]
    public void Everything_WhenALineRepeatsOneThing_IsAnsweredAtOnce(string piece)
    {
        var line = string.Concat(Enumerable.Repeat(piece, Limits.CommandLength / piece.Length));
        var clock = Stopwatch.StartNew();
        foreach (var kind in Kinds)
        {
            var grammar = CommandGrammar.For(kind);
            grammar.QuitWordIn(line);
            grammar.RefusalToInspect(line);
            grammar.Resumes(line);
            grammar.AsksForMore(line);
        }
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"{clock.Elapsed}");
    }
}
