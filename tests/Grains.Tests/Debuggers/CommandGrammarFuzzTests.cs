using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Testing.Fuzz;

namespace OrleansKd.Grains.Tests.Debuggers;

/// <summary>Lines made of real ones, cut and joined anywhere: what is allowed is decided by every part of them, and never at more than linear cost.</summary>
public sealed class CommandGrammarFuzzTests
{
    private static readonly string[] Kinds = ["kd", "gdb", "lldb"];

    private static readonly string[] Signs =
        [" ", ";", "; ", "*", "$$", "\"", "'", "{", "}", "(", ")", "[", "]", "\\", "|", "!", "@", "=", "==", "->", ".", ",", "-", "--", "&", "<", ">", "0x10", "\t", "/x", "~0", "$", "::", "`", "#", "?"];

    /// <summary>What a debugger would run, whatever stands before it, in no allow-list.</summary>
    private static readonly Dictionary<string, string[]> Unknown = new()
    {
        ["kd"] = ["; zzqx", ";zzqx 1", "; .zzqx"],
        ["gdb"] = [" zzqx(1)", " , zzqx(1)"],
        ["lldb"] = [" zzqx(1)", " ; zzqx(1)"],
    };

    private static readonly Dictionary<string, string[]> Real = Kinds.ToDictionary(kind => kind, kind =>
        (string[])[.. CorpusFile.Lines(kind, "allowed"), .. CorpusFile.Lines(kind, "refused"), .. CorpusFile.Lines(kind, "quits"), .. CorpusFile.Lines(kind, "resumes"), .. CorpusFile.Lines(kind, "more")]);

    [Fact]
    public void Grammar_OfMutatedLines_NeverThrowsAndNeverAllowsMoreForMore() => Fuzzing.Run("grammar", 4, one =>
    {
        var kind = one.Pick(Kinds);
        var grammar = CommandGrammar.For(kind);
        var line = LineOf(one, kind);
        var refusal = grammar.RefusalToInspect(line);
        var (quits, resumes, more) = (grammar.QuitWordIn(line), grammar.Resumes(line), grammar.AsksForMore(line));
        grammar.MayRepeat(line);
        grammar.IsOwnPrompt(line);
        if (refusal is null)
        {
            Assert.True(quits is null && !resumes && !more, $"{kind}: '{line}' may be run by who only inspects, and ends, resumes or asks for more");
            Assert.DoesNotContain('\n', grammar.Guarded(line));
        }
        // A comment of gdb is refused only when it goes on in the next line.
        foreach (var unknown in kind == "gdb" && line.TrimStart().StartsWith('#') ? [] : Unknown[kind])
            Assert.False(refusal is not null && grammar.RefusalToInspect(line + unknown) is null, $"{kind}: '{line}' is refused, and with '{unknown}' behind it is not");
        // Behind a comment it would not run.
        if (kind == "kd" && refusal is null && !line.Contains('*', StringComparison.Ordinal) && !line.Contains("$$", StringComparison.Ordinal))
            Assert.All(Unknown[kind], unknown => Assert.NotNull(grammar.RefusalToInspect(line + unknown)));
    });

    /// <summary>Work is told by what is allocated, which depends on no clock: four times the line, at most some eight times the bytes.</summary>
    [Fact]
    public void Grammar_OfALineFourTimesAsLong_AllocatesNoMoreThanThat() => Fuzzing.Run("grammar", 1, one =>
    {
        var kind = one.Pick(Kinds);
        var piece = LineOf(one, kind);
        if (piece.Length == 0)
            return;
        piece = piece[..Math.Min(piece.Length, 24)];
        // Whole pieces in both: one that is cut may be refused at once, where the other is read to its end.
        var count = Limits.CommandLength / piece.Length;
        var longer = string.Concat(Enumerable.Repeat(piece, count));
        var shorter = string.Concat(Enumerable.Repeat(piece, count / 4));
        Answer(kind, longer);
        var (few, many) = (Allocated(kind, shorter), Allocated(kind, longer));
        Assert.True(many <= (8 * few) + 200_000, $"{kind}: '{piece}' again and again costs {few} bytes for {shorter.Length} characters, {many} for {longer.Length}");
    });

    private static long Allocated(string kind, string line)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Answer(kind, line);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Answer(string kind, string line)
    {
        var grammar = CommandGrammar.For(kind);
        grammar.QuitWordIn(line);
        grammar.RefusalToInspect(line);
        grammar.Resumes(line);
        grammar.AsksForMore(line);
    }

    private static string LineOf(FuzzCase one, string kind)
    {
        if (one.Chance(10))
            return one.AnyText(60);
        var line = "";
        for (var parts = 1 + one.Next(4); parts > 0; parts--)
        {
            var real = one.Pick(Real[kind]);
            var (from, to) = (one.Next(real.Length + 1), one.Next(real.Length + 1));
            line += one.Chance(2) ? real : real[Math.Min(from, to)..Math.Max(from, to)];
            if (one.Chance(2))
                line += one.Pick(Signs);
        }
        return line;
    }
}
