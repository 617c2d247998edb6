using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Tests.Model;

public sealed class TranscriptScreenTests
{
    private readonly Lines lines = new();

    [Fact]
    public void Rows_WhenALineIsTooLong_GoOnInTheNextRow()
    {
        var screen = Screen(10, 4);
        lines.Prints("0123456789abcdefghijXYZ\nshort\n");
        screen.Refresh();
        Assert.Equal(["0123456789", "abcdefghij", "XYZ", "short"], Seen(screen));
    }

    [Fact]
    public void Rows_WhenCharactersAreWide_NeverCutOne()
    {
        var screen = Screen(5, 3);
        lines.Prints("漢字漢字漢");
        screen.Refresh();
        Assert.Equal(["漢字", "漢字", "漢"], Seen(screen));
    }

    [Fact]
    public void Tail_WhenItsLinesWrap_HasTheLastRowAtTheBottom()
    {
        var screen = Screen(4, 3);
        lines.Prints("first\nsecond\n0123456789");
        screen.Refresh();
        Assert.Equal(["0123", "4567", "89"], Seen(screen));
        lines.Prints("abcdef");
        screen.Refresh();
        Assert.Equal(["4567", "89ab", "cdef"], Seen(screen));
        Assert.True(screen.IsFollowing);
    }

    [Fact]
    public void ScrollBy_GoesByRowsAndStaysWhileOutputComes()
    {
        var screen = Screen(4, 3);
        lines.Prints("a\n01234567\nb\nc\n");
        screen.Refresh();
        Assert.Equal(["4567", "b", "c"], Seen(screen));
        screen.ScrollBy(-1);
        Assert.Equal(["0123", "4567", "b"], Seen(screen));
        lines.Prints("d\ne\n");
        screen.Refresh();
        Assert.Equal(["0123", "4567", "b"], Seen(screen));
        Assert.True(screen.HasNews);
        screen.ScrollBy(100);
        Assert.Equal(["c", "d", "e"], Seen(screen));
        Assert.False(screen.HasNews);
        Assert.True(screen.IsFollowing);
    }

    [Fact]
    public void Resize_WhileScrolledUp_KeepsTheLineAtTheTop()
    {
        var screen = Screen(80, 5);
        lines.Prints(string.Concat(Enumerable.Range(0, 100).Select(line => $"line {line}\n")));
        screen.Refresh();
        screen.ScrollBy(-50);
        var top = Seen(screen)[0];
        screen.Resize(40, 8);
        Assert.Equal(top, Seen(screen)[0]);
        screen.Resize(2, 1);
        Assert.Single(Seen(screen));
        screen.GoToTail();
        screen.Resize(300, 200);
        Assert.Equal(100, Seen(screen).Length);
    }

    [Fact]
    public void Fold_HidesTheOutputOfACommandOnly()
    {
        var screen = Screen(80, 10);
        lines.Prints("> ").Ran("bt", 3).Ran("lm", 2);
        screen.Refresh();
        screen.GoToPreviousCommand();
        screen.GoToPreviousCommand();
        Assert.Equal("bt", screen.Current?.Text);
        screen.ToggleFold(screen.Current!);
        Assert.Equal(["> bt    ── Ann Host (Contoso)", "> lm    ── Ann Host (Contoso)", "lm 0", "lm 1", "> "], Seen(screen));
        Assert.Equal((FoldMark.Folded, 3), (screen.VisibleRows()[0].Fold, screen.VisibleRows()[0].Hidden));
        Assert.Equal(FoldMark.Open, screen.VisibleRows()[1].Fold);
        screen.FoldAll();
        Assert.Equal(3, Seen(screen).Length);
        screen.UnfoldAll();
        Assert.Equal(8, Seen(screen).Length);
    }

    [Fact]
    public void Fold_OfACommandThatRuns_HidesWhatStillComesUntilItEnds()
    {
        var screen = Screen(80, 10);
        lines.Prints("> ").Runs("g").Prints("tick\n");
        screen.Refresh();
        screen.ToggleFold(lines.Transcript.BlockAt(0)!);
        lines.Prints("tick\ntick\nta");
        screen.Refresh();
        Assert.Equal("> g    ── Ann Host (Contoso)", Assert.Single(Seen(screen)));
        lines.Prints("ck\n").Completes("g").Prints("> ");
        screen.Refresh();
        Assert.Equal(["> g    ── Ann Host (Contoso)", "> "], Seen(screen));
    }

    [Fact]
    public void GoTo_WhenTheLineIsFoldedAway_UnfoldsIt()
    {
        var screen = Screen(80, 4);
        lines.Prints("> ").Ran("bt", 30).Ran("lm", 30);
        screen.Refresh();
        screen.FoldAll();
        screen.GoTo(20);
        Assert.Contains("bt 19", Seen(screen));
        Assert.False(screen.IsFollowing);
    }

    [Fact]
    public void Commands_AreGoneToInOrder_AndBehindTheLastOneIsTheTail()
    {
        var screen = Screen(80, 5);
        lines.Prints("> ").Ran("a", 20).Ran("b", 20).Ran("c", 20);
        screen.Refresh();
        List<string?> visited = [];
        for (var i = 0; i < 4; i++, visited.Add(screen.Current?.Text))
            screen.GoToPreviousCommand();
        for (var i = 0; i < 3; i++, visited.Add(screen.Current?.Text))
            screen.GoToNextCommand();
        Assert.Equal(["c", "b", "a", "a", "b", "c", null], visited);
        Assert.True(screen.IsFollowing);
    }

    [Fact]
    public void Blocks_HaveTheLinesBetweenTheirStartAndTheirEnd()
    {
        lines.Prints("hello\n> ").Ran("bt", 2).Runs("g").Prints("...\n");
        var blocks = lines.Transcript.Blocks();
        Assert.Equal([("bt", 1, 4), ("g", 4, null)], blocks.Select(block => (block.Text, block.Line, block.End)));
        Assert.Null(lines.Transcript.BlockAt(0));
        Assert.Equal("bt", lines.Transcript.BlockAt(3)?.Text);
        Assert.Equal("g", lines.Transcript.BlockAt(5)?.Text);
        Assert.Equal("bt", lines.Transcript.BlockBefore(4)?.Text);
        Assert.Equal("bt", lines.Transcript.BlockAfter(0)?.Text);
        Assert.Null(lines.Transcript.BlockAfter(4));
    }

    [Theory]
    [InlineData("(gdb) ", true)]
    [InlineData("half a line", false)]
    public void Notice_WhileThePromptWaits_StandsAboveIt(string open, bool staysOpen)
    {
        lines.Prints(open).Add(TranscriptEntryKind.DebuggerStateChanged, entry => entry with { Debugger = DebuggerState.Ready, Text = "(gdb) " })
            .Add(TranscriptEntryKind.PersonJoined, entry => entry with { Person = Server.ScriptedServer.Bob }).Runs("bt");
        const string Joined = "── Bob Guest (Fabrikam) joined";
        const string Command = "bt    ── Ann Host (Contoso)";
        Assert.Equal(staysOpen ? [Joined, open + Command] : [open, Joined, Command], lines.All());
    }

    private TranscriptScreen Screen(int columns, int rows)
    {
        var screen = new TranscriptScreen(lines.Transcript);
        screen.Resize(columns, rows);
        return screen;
    }

    private static string[] Seen(TranscriptScreen screen) => [.. screen.VisibleRows().Select(row => row.Line.Text[row.Start..row.End])];
}
