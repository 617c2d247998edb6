using System.Drawing;
using OrleansKd.Tui.Views;
using Terminal.Gui.Drawing;
using Terminal.Gui.Drivers;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>Plain text into the library's screen buffer: as the library would write it, and what stands there already costs the terminal nothing.</summary>
[Collection(nameof(ViewCollection))]
public sealed class PlainCellsTests
{
    private static readonly Attribute Look = new(StandardColor.Green, StandardColor.Black);
    private static readonly Rectangle Row = new(2, 1, 10, 1);

    [Fact]
    public void Write_LeavesTheScreenAsTheLibraryWould()
    {
        var (ours, theirs) = (Shown(""), Shown(""));
        PlainCells.Write(ours, 2, 1, "a [b] ~", Look);
        theirs.Move(2, 1);
        theirs.AddStr("a [b] ~");
        Assert.Equal(CellsOf(theirs), CellsOf(ours));
        Assert.Equal(theirs.DirtyLines, ours.DirtyLines);
    }

    [Fact]
    public void Write_WhenSomeOfItStandsThere_WritesTheRestOnly()
    {
        var screen = Shown("same old");
        PlainCells.Write(screen, 2, 1, "same ale", Look);
        Assert.Equal("same ale", string.Concat(Enumerable.Range(2, 8).Select(column => screen.Contents![1, column].Grapheme)));
        // Also the one between them that was right: a jump over it would cost more.
        Assert.Equal([7, 8, 9], Enumerable.Range(0, screen.Cols).Where(column => screen.Contents![1, column].IsDirty));
        Assert.Equal([false, true, false], screen.DirtyLines);
    }

    [Fact]
    public void Write_WhenOnlyTheLookIsAnother_WritesIt()
    {
        var screen = Shown("text");
        PlainCells.Write(screen, 2, 1, "text", Look with { Style = TextStyle.Bold });
        Assert.All(Enumerable.Range(2, 4), column => Assert.True(screen.Contents![1, column].IsDirty));
    }

    [Fact]
    public void Write_WhenItStandsThereAndIsYetToBeShown_LeavesItSo()
    {
        var screen = Shown("");
        PlainCells.Write(screen, 2, 1, "text", Look);
        PlainCells.Write(screen, 2, 1, "text", Look);
        Assert.All(Enumerable.Range(2, 4), column => Assert.True(screen.Contents![1, column].IsDirty));
        Assert.True(screen.DirtyLines[1]);
    }

    [Theory]
    [InlineData("plain", true)]
    [InlineData("wide 漢", false)]
    [InlineData("e\u0301", false)]
    [InlineData("▸ mark", false)]
    public void CanWrite_OnlyOverWhatIsPlain(string there, bool expected) => Assert.Equal(expected, PlainCells.CanWrite(Shown(there), Row));

    [Fact]
    public void CanWrite_NotUnderSomethingElse_NorBeyondTheScreen()
    {
        var screen = Shown("");
        Assert.False(PlainCells.CanWrite(screen, Row with { X = 12 }));
        Assert.False(PlainCells.CanWrite(screen, Row with { Y = 3 }));
        Assert.False(PlainCells.CanWrite(screen, Row with { Y = -1 }));
        screen.Clip = new Region(new Rectangle(0, 0, 20, 3));
        screen.Clip.Exclude(new Rectangle(5, 0, 3, 2));
        Assert.False(PlainCells.CanWrite(screen, Row));
        Assert.True(PlainCells.CanWrite(screen, new Rectangle(8, 1, 10, 1)));
        Assert.True(PlainCells.CanWrite(screen, Row with { Y = 2 }));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(" ~", true)]
    [InlineData("tab\t", false)]
    [InlineData("\u001b[2J", false)]
    [InlineData("\u007f", false)]
    [InlineData("é", false)]
    public void IsPlain_OnlyWhatTheTerminalShowsInOneColumnEach(string text, bool expected) => Assert.Equal(expected, PlainCells.IsPlain(text));

    /// <summary>A screen of 20x3 with a text at (2, 1) that the terminal shows already.</summary>
    private static OutputBufferImpl Shown(string text)
    {
        var screen = new OutputBufferImpl();
        screen.SetSize(20, 3);
        screen.CurrentAttribute = Look;
        screen.Move(2, 1);
        screen.AddStr(text);
        foreach (ref var cell in System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref screen.Contents![0, 0], screen.Contents.Length))
            cell.IsDirty = false;
        Array.Clear(screen.DirtyLines);
        return screen;
    }

    private static IEnumerable<(string, Attribute?)> CellsOf(OutputBufferImpl screen) => screen.Contents!.Cast<Cell>().Select(cell => (cell.Grapheme, cell.Attribute));
}
