using System.Drawing;
using OrleansKd.Tui.Model.Transcripts;
using Terminal.Gui.Drawing;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The transcript: draws the rows that are in sight (see <see cref="TranscriptScreen"/>), and lets the mouse scroll, mark and fold.</summary>
internal sealed class TranscriptView : View
{
    /// <summary>A mark for what can be folded, and a space.</summary>
    private const int GutterColumns = 2;

    /// <summary>Below it every column is needed for the text.</summary>
    private const int NarrowColumns = 40;

    private const int TimeColumns = 9;
    private const int WheelRows = 3;

    private readonly TranscriptModel transcript;
    private readonly ScrollBar scrollBar = new() { X = Pos.AnchorEnd(1), Height = Dim.Fill(), CanFocus = false };
    private IReadOnlyList<ScreenRow> rows = [];
    private bool isPlacing;

    /// <summary>While a row is drawn that can be written without the library's help: where it begins on the screen.</summary>
    private Point? plain;

    public TranscriptView(TranscriptModel transcript, TranscriptSearch search)
    {
        (this.transcript, Search) = (transcript, search);
        Screen = new TranscriptScreen(transcript);
        Selection = new TextSelection(transcript);
        CanFocus = false;
        scrollBar.ValueChanged += (_, e) =>
        {
            if (!isPlacing)
                ScrollTo(e.NewValue);
        };
        Add(scrollBar);
    }

    public TranscriptScreen Screen { get; }

    public TextSelection Selection { get; }

    public TranscriptSearch Search { get; }

    /// <summary>Every line begins with the time when it came.</summary>
    public bool ShowsTimes
    {
        get;
        set
        {
            field = value;
            Resize();
        }
    }

    private int Gutter => Viewport.Width >= NarrowColumns ? GutterColumns : 0;

    /// <summary>What is drawn of a row; the scroll bar draws itself.</summary>
    private int RowColumns => Viewport.Width - (scrollBar.Visible ? 1 : 0);

    private int TextColumn => Gutter + (ShowsTimes ? TimeColumns : 0);

    /// <summary>Takes over what the model has now.</summary>
    public void Refresh()
    {
        if (transcript.IsPreview)
            Selection.Clear();
        Screen.Refresh();
        Search.GoOn();
        Show();
    }

    /// <summary>The screen was scrolled, folded or marked.</summary>
    public void Show()
    {
        (isPlacing, scrollBar.VisibleContentSize, scrollBar.ScrollableContentSize) = (true, Math.Max(1, Viewport.Height), Math.Max(1, transcript.Count));
        scrollBar.Value = Screen.IsFollowing ? Math.Max(0, transcript.Count - Viewport.Height) : Screen.TopLine;
        scrollBar.Visible = transcript.Count > Viewport.Height;
        isPlacing = false;
        SetNeedsDraw();
    }

    protected override void OnSubViewsLaidOut(LayoutEventArgs args)
    {
        base.OnSubViewsLaidOut(args);
        Resize();
    }

    protected override bool OnDrawingContent(DrawContext? context)
    {
        var colours = new TranscriptColours(GetAttributeForRole(VisualRole.Normal), Themes.HasColours);
        rows = Screen.VisibleRows();
        var line = -1;
        List<(int Start, int End)> hits = [];
        for (var row = rows.Count; row < Viewport.Height; row++)
            Fill(0, row, colours);
        for (var row = 0; row < rows.Count; row++)
        {
            if (rows[row].Index != line)
            {
                line = rows[row].Index;
                hits = Search.In(rows[row].Line.Text);
            }
            var place = ViewportToScreen(new Rectangle(0, row, RowColumns, 1));
            plain = App?.Driver is { } driver && PlainCells.CanWrite(driver.GetOutputBuffer(), place) && PlainCells.IsPlain(rows[row].Line.Text) ? place.Location : null;
            DrawRow(row, rows[row], colours, hits);
            plain = null;
        }
        return true;
    }

    /// <summary>Every cell is drawn anyway: clearing them all before would be half of the work.</summary>
    protected override bool OnClearingViewport() => true;

    protected override bool OnMouseEvent(Mouse mouse)
    {
        if (mouse.Position is not { } at)
            return false;
        if (mouse.Flags.HasFlag(MouseFlags.WheeledUp) || mouse.Flags.HasFlag(MouseFlags.WheeledDown))
            Screen.ScrollBy(mouse.Flags.HasFlag(MouseFlags.WheeledUp) ? -WheelRows : WheelRows);
        else if (mouse.Flags.HasFlag(MouseFlags.LeftButtonTripleClicked) && RowAt(at) is { } whole)
            Selection.SelectLines(whole.Index, whole.Index + 1);
        else if (mouse.Flags.HasFlag(MouseFlags.LeftButtonDoubleClicked) && PlaceAt(at) is { } word)
            Selection.SelectWord(word);
        else if (mouse.Flags.HasFlag(MouseFlags.LeftButtonPressed))
            Press(at, isDrag: mouse.Flags.HasFlag(MouseFlags.PositionReport));
        else if (mouse.Flags.HasFlag(MouseFlags.LeftButtonReleased) && App is { } app && app.Mouse.IsGrabbed(this))
            app.Mouse.UngrabMouse();
        else
            return false;
        Show();
        return true;
    }

    private void Press(Point at, bool isDrag)
    {
        if (!isDrag)
        {
            Selection.Clear();
            if (at.X < Gutter && RowAt(at) is { Fold: not FoldMark.None } row && transcript.BlockAt(row.Index) is { } block)
            {
                Screen.ToggleFold(block);
                return;
            }
            if (PlaceAt(at) is { } place)
                Selection.Begin(place);
            App?.Mouse.GrabMouse(this);
            return;
        }
        // Beyond the edge there is more.
        if (at.Y < 0 || at.Y >= Viewport.Height)
            Screen.ScrollBy(at.Y < 0 ? -1 : 1);
        rows = Screen.VisibleRows();
        if (PlaceAt(at) is { } end)
            Selection.ExtendTo(end);
    }

    private ScreenRow? RowAt(Point at) => rows.Count == 0 ? null : rows[Math.Clamp(at.Y, 0, rows.Count - 1)];

    private TextPlace? PlaceAt(Point at) => RowAt(at) is { } row
        ? new TextPlace(row.Index, row.Start + LineWrap.IndexAt(row.Line.Text.AsSpan(row.Start, row.End - row.Start), Math.Max(0, at.X - TextColumn)))
        : null;

    private void ScrollTo(int line)
    {
        if (line >= transcript.Count - Viewport.Height)
            Screen.GoToTail();
        else
            Screen.SetTop(line);
        Show();
    }

    private void Resize()
    {
        Screen.Resize(Viewport.Width - TextColumn - 1, Viewport.Height);
        Show();
    }

    private void DrawRow(int y, ScreenRow row, TranscriptColours colours, List<(int Start, int End)> hits)
    {
        var text = row.Line.Text;
        if (TextColumn > 0)
            Put(0, y, new string(' ', TextColumn), colours.Normal);
        if (Gutter > 0 && row.Fold != FoldMark.None)
            Put(0, y, row.Fold == FoldMark.Folded ? "▸" : "▾", Screen.Current?.Line == row.Index ? colours.Hit : colours.Aside);
        if (ShowsTimes && row.IsFirst)
            Put(TextColumn - TimeColumns, y, row.Line.At.ToLocalTime().ToString("HH:mm:ss "), colours.Aside);
        var marked = Selection.In(row.Index, text.Length);
        var markAt = row.Line.MarkAt < 0 ? text.Length : row.Line.MarkAt;
        var column = TextColumn;
        for (var from = row.Start; from < row.End;)
        {
            var isMarked = from >= marked.Start && from < marked.End;
            var hit = hits.FirstOrDefault(hit => from >= hit.Start && from < hit.End);
            // Up to where it looks otherwise.
            var to = row.End;
            foreach (var edge in (ReadOnlySpan<int>)[markAt, marked.Start, marked.End])
                to = edge > from ? Math.Min(to, edge) : to;
            foreach (var (start, end) in hits)
                to = start > from ? Math.Min(to, start) : end > from ? Math.Min(to, end) : to;
            var look = isMarked ? colours.Selected : hit.End > 0 ? colours.Hit : from >= markAt ? colours.Mark(row.Line) : colours.Text(row.Line);
            column = Put(column, y, text[from..to], look);
            from = to;
        }
        if (row.IsLast && marked.End > 0 && marked.End == text.Length && Selection.Range is { } range && range.End.Line > row.Index)
            column = Put(column, y, " ", colours.Selected);
        if (row is { IsLast: true, Hidden: > 0 })
            column = Put(column, y, $"  ⋯ {row.Hidden:N0} {(row.Hidden == 1 ? "line" : "lines")}", colours.Aside);
        Fill(column, y, colours);
    }

    private void Fill(int column, int row, TranscriptColours colours)
    {
        if (column < RowColumns)
            Put(column, row, new string(' ', RowColumns - column), colours.Normal);
    }

    private int Put(int column, int row, string text, Terminal.Gui.Drawing.Attribute attribute)
    {
        if (plain is { } start && PlainCells.IsPlain(text))
        {
            PlainCells.Write(App!.Driver!.GetOutputBuffer(), start.X + column, start.Y, text.AsSpan(0, Math.Clamp(RowColumns - column, 0, text.Length)), attribute);
            return column + text.Length;
        }
        SetAttribute(attribute);
        AddStr(column, row, text);
        return column + LineWrap.Columns(text);
    }
}
