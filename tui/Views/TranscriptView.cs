using System.Drawing;
using System.Text;
using OrleansKd.Tui.Model;
using Terminal.Gui.Drawing;
using Terminal.Gui.Text;
using Terminal.Gui.ViewBase;

namespace OrleansKd.Tui.Views;

/// <summary>
/// The transcript: draws the rows that can be seen, however many there are. Follows the tail until the viewer scrolls up,
/// and then stays there (rule G1).
/// </summary>
internal sealed class TranscriptView : View
{
    private readonly TranscriptModel transcript;
    private int seen;
    private bool isPinning;

    public TranscriptView(TranscriptModel transcript)
    {
        this.transcript = transcript;
        CanFocus = false;
        ViewportSettings |= ViewportSettingsFlags.HasVerticalScrollBar;
    }

    /// <summary>The last line is in sight and stays there.</summary>
    public bool IsFollowing { get; private set; } = true;

    /// <summary>There is output below that was not in sight yet.</summary>
    public bool HasNews => !IsFollowing && transcript.Count > seen;

    /// <summary>Every line begins with the time when it came.</summary>
    public bool ShowsTimes { get; set; }

    /// <summary>Takes over what the model has now.</summary>
    public void Refresh()
    {
        SetContentSize(new Size(Math.Max(1, Viewport.Width), Math.Max(1, transcript.Count)));
        if (IsFollowing)
            GoToTail();
        SetNeedsDraw();
    }

    public void GoToTail()
    {
        isPinning = true;
        IsFollowing = true;
        seen = transcript.Count;
        Viewport = Viewport with { Y = Math.Max(0, seen - Viewport.Height) };
        isPinning = false;
    }

    public void GoToStart() => ScrollBy(-transcript.Count);

    public void ScrollBy(int rows)
    {
        var last = Math.Max(0, transcript.Count - Viewport.Height);
        Viewport = Viewport with { Y = Math.Clamp(Viewport.Y + rows, 0, last) };
    }

    protected override void OnViewportChanged(DrawEventArgs e)
    {
        base.OnViewportChanged(e);
        if (isPinning)
            return;
        if (e.OldViewport.Size != e.NewViewport.Size && IsFollowing)
        {
            Refresh();
            return;
        }
        var isAtTail = Viewport.Y + Viewport.Height >= transcript.Count;
        if (IsFollowing && !isAtTail)
            seen = transcript.Count;
        IsFollowing = isAtTail;
        SetNeedsDraw();
    }

    protected override bool OnDrawingContent(DrawContext? context)
    {
        var lines = new TranscriptLine[Math.Max(0, Viewport.Height)];
        var count = transcript.CopyLines(Viewport.Y, lines);
        for (var row = 0; row < count; row++)
            DrawLine(row, lines[row]);
        return true;
    }

    private void DrawLine(int row, TranscriptLine line)
    {
        var normal = GetAttributeForRole(VisualRole.Normal);
        var own = normal with { Style = TextStyle.Faint };
        var column = 0;
        if (ShowsTimes)
            column = Draw(column, row, line.At.ToLocalTime().ToString("HH:mm:ss "), own);
        var text = line.MarkAt < 0 ? line.Text : line.Text[..line.MarkAt];
        column = Draw(column, row, text, line.Kind == TranscriptLineKind.Command ? normal with { Style = TextStyle.Bold } : normal);
        if (line.MarkAt >= 0)
            Draw(column, row, line.Text[line.MarkAt..], own);
    }

    private int Draw(int column, int row, string text, Terminal.Gui.Drawing.Attribute attribute)
    {
        var room = Viewport.Width - column;
        if (room <= 0 || text.Length == 0)
            return column;
        var cut = Cut(text, room);
        SetAttribute(attribute);
        AddStr(column, row, cut);
        return column + cut.GetColumns();
    }

    /// <summary>As much as fits, with a mark where there is more.</summary>
    private static string Cut(string text, int columns)
    {
        if (text.Length <= columns && text.GetColumns() <= columns)
            return text;
        var result = new StringBuilder();
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += Math.Max(0, rune.GetColumns());
            if (used > columns - 1)
                break;
            result.Append(rune.ToString());
        }
        return result.Append('…').ToString();
    }
}
