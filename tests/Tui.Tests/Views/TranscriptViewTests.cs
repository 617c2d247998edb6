using System.Text;
using OrleansKd.Tui.Model.Transcripts;
using OrleansKd.Tui.Tests.Model;
using OrleansKd.Tui.Views;
using Terminal.Gui.Drawing;
using Terminal.Gui.Text;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>What the transcript's view leaves on the screen, whatever stood there before.</summary>
[Collection(nameof(ViewCollection))]
public sealed class TranscriptViewTests
{
    private static readonly string[] Pieces =
    [
        "nt!KiSwapContext+0x1f called from nt!KeWaitForSingleObject ", "漢字の行 ", "x", "🙂 smile ", "e\u0301\u0301 ", "\t", "── not ours ", "\u001b[31mred ", "\u202ereversed ", "   ", "\u00a0",
    ];

    /// <summary>Rows that come one after the other at the same place, of plain and of other text, equal those that are drawn on an empty screen.</summary>
    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 41)]
    [InlineData(3, 20)]
    public void Draw_AfterAnythingElse_LeavesWhatItWouldLeaveOnAnEmptyScreen(int seed, int columns)
    {
        var random = new Random(seed);
        var lines = new Lines();
        var transcript = lines.Transcript;
        var view = new TranscriptView(transcript, new TranscriptSearch(transcript)) { Width = Dim.Fill(), Height = Dim.Fill() };
        using var window = new Window { BorderStyle = LineStyle.None };
        window.Add(view);
        using var screen = new Screen(window, columns, rows: 12);
        for (var round = 0; round < 60; round++)
        {
            var text = new StringBuilder();
            for (var line = random.Next(1, 8); line > 0; line--)
                text.AppendJoin("", Enumerable.Range(0, random.Next(6)).Select(_ => Pieces[random.Next(Pieces.Length)])).Append('\n');
            lines.Prints(text.ToString());
            view.ShowsTimes = random.Next(4) == 0 ? !view.ShowsTimes : view.ShowsTimes;
            view.Refresh();
            if (random.Next(3) == 0)
            {
                view.Screen.ScrollBy(random.Next(-5, 6));
                view.Show();
            }
            screen.App.LayoutAndDraw();
            var drawn = Looks(screen);
            screen.App.Driver!.ClearContents();
            view.SetNeedsDraw();
            screen.App.LayoutAndDraw(forceRedraw: true);
            Assert.Equal(Looks(screen), drawn);
        }
    }

    /// <summary>What the terminal shows; behind a wide character, its other half stands.</summary>
    private static List<string> Looks(Screen screen)
    {
        var cells = screen.App.Driver!.Contents!;
        List<string> looks = [];
        for (var row = 0; row < cells.GetLength(0); row++)
        {
            for (var column = 0; column < cells.GetLength(1); column += Math.Max(1, cells[row, column].Grapheme.GetColumns()))
                looks.Add($"{row}, {column}: '{cells[row, column].Grapheme}' {cells[row, column].Attribute}");
        }
        return looks;
    }
}
