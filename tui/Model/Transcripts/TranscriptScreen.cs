
namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>
/// The part of a transcript that is to be seen: long lines go on in the next row, folded commands show their first line only. Follows the
/// tail until the viewer scrolls up, and stays there then (rule G1). Works from what is in sight: its cost does not depend on the transcript's
/// length. One thread at a time.
/// </summary>
internal sealed class TranscriptScreen(TranscriptModel transcript)
{
    /// <summary>A row must hold a wide character.</summary>
    private const int LeastColumns = 2;

    private readonly HashSet<int> folded = [];
    private readonly List<int> starts = [];
    private readonly TranscriptLine[] fetched = new TranscriptLine[1];
    private (int Line, int Row) top;
    private int seen;
    private int known;
    private bool wasPreview;

    /// <summary>Of the text, without what stands before it.</summary>
    public int Columns { get; private set; } = 80;

    public int Rows { get; private set; } = 25;

    /// <summary>The last line is in sight and stays there.</summary>
    public bool IsFollowing { get; private set; } = true;

    /// <summary>There is output below that was not in sight yet.</summary>
    public bool HasNews => !IsFollowing && transcript.Count > seen;

    /// <summary>Index of the line at the top.</summary>
    public int TopLine => top.Line;

    /// <summary>The command that was gone to; null when none was, or the viewer went on.</summary>
    public CommandBlock? Current { get; private set; }

    public void Resize(int columns, int rows)
    {
        if ((columns, rows) == (Columns, Rows))
            return;
        (Columns, Rows) = (Math.Max(LeastColumns, columns), Math.Max(1, rows));
        top = (top.Line, Math.Min(top.Row, RowsOf(top.Line) - 1));
        Settle();
    }

    /// <summary>The transcript has changed.</summary>
    public void Refresh()
    {
        var (count, isPreview) = (transcript.Count, transcript.IsPreview);
        // What comes before the end of a long history has come: everything stands further down now.
        if (wasPreview && !isPreview && !IsFollowing)
            top = (Math.Max(0, top.Line + count - known), 0);
        (known, wasPreview) = (count, isPreview);
        Settle();
    }

    public void GoToTail()
    {
        (IsFollowing, Current) = (true, null);
        Settle();
    }

    public void GoToStart()
    {
        (top, Current) = ((0, 0), null);
        Moved();
    }

    /// <summary>Brings a line into sight, below some lines before it, and out of what is folded.</summary>
    public void GoTo(int line)
    {
        if (HiderOf(line) is { } block)
            folded.Remove(block.Line);
        top = (Math.Clamp(line, 0, Math.Max(0, transcript.Count - 1)), 0);
        Step(-Rows / 3);
        Moved();
    }

    /// <summary>Makes a line the first one in sight, as far as there are enough after it.</summary>
    public void SetTop(int line)
    {
        top = (ShownAt(Math.Clamp(line, 0, Math.Max(0, transcript.Count - 1))), 0);
        Moved();
    }

    /// <summary>Down, or up when negative.</summary>
    public void ScrollBy(int rows)
    {
        Step(rows);
        Moved();
    }

    /// <summary>Goes to the command before the current one, or before the first line in sight.</summary>
    public void GoToPreviousCommand() => GoTo(transcript.BlockBefore(Current?.Line ?? (IsFollowing ? transcript.Count : top.Line)));

    /// <summary>Goes to the next command; after the last one to the tail.</summary>
    public void GoToNextCommand()
    {
        if (transcript.BlockAfter(Current?.Line ?? top.Line) is { } next)
            GoTo(next);
        else
            GoToTail();
    }

    public bool IsFolded(CommandBlock block) => folded.Contains(block.Line);

    public void ToggleFold(CommandBlock block)
    {
        if (!folded.Remove(block.Line))
            folded.Add(block.Line);
        top = (ShownAt(top.Line), 0);
        Settle();
    }

    public void FoldAll()
    {
        folded.UnionWith(transcript.Blocks().Select(block => block.Line));
        top = (ShownAt(top.Line), 0);
        Settle();
    }

    public void UnfoldAll()
    {
        folded.Clear();
        Settle();
    }

    /// <summary>What is in sight, from the top.</summary>
    public IReadOnlyList<ScreenRow> VisibleRows()
    {
        List<ScreenRow> rows = [];
        for (var (line, skip) = (top.Line, top.Row); rows.Count < Rows && Fetch(line) is { } text; line = NextOf(line), skip = 0)
        {
            var block = transcript.BlockAt(line) is { } at && at.Line == line && HiddenBy(at) > 0 ? at : null;
            var isFolded = block is not null && IsFolded(block);
            LineWrap.Rows(text.Text, Columns, starts);
            for (var row = skip; row < starts.Count && rows.Count < Rows; row++)
            {
                var end = row + 1 < starts.Count ? starts[row + 1] : text.Text.Length;
                var mark = block is null || row > 0 ? FoldMark.None : isFolded ? FoldMark.Folded : FoldMark.Open;
                rows.Add(new ScreenRow(line, text, starts[row], end, mark, isFolded ? HiddenBy(block!) : 0));
            }
        }
        return rows;
    }

    private void GoTo(CommandBlock? block)
    {
        if (block is null)
            return;
        GoTo(block.Line);
        Current = block;
    }

    private void Moved()
    {
        var wasFollowing = IsFollowing;
        var tail = TailTop();
        IsFollowing = top.CompareTo(tail) >= 0;
        if (IsFollowing)
            top = tail;
        else if (wasFollowing)
            seen = transcript.Count;
        Current = IsFollowing ? null : Current;
    }

    private void Settle()
    {
        var tail = TailTop();
        if (IsFollowing || top.CompareTo(tail) > 0)
            top = tail;
        if (IsFollowing)
            seen = transcript.Count;
    }

    /// <summary>The top that has the last row at the bottom.</summary>
    private (int Line, int Row) TailTop()
    {
        var line = ShownAt(transcript.Count - 1);
        if (line < 0)
            return (0, 0);
        for (var room = Rows; ;)
        {
            var rows = RowsOf(line);
            if (rows >= room)
                return (line, rows - room);
            room -= rows;
            if (line == 0)
                return (0, 0);
            line = PreviousOf(line);
        }
    }

    private void Step(int rows)
    {
        var (line, row) = top;
        for (row += rows; row < 0 && line > 0; row += RowsOf(line))
            line = PreviousOf(line);
        for (int here; row > 0 && row >= (here = RowsOf(line)); row -= here)
        {
            var next = NextOf(line);
            if (next >= transcript.Count)
            {
                row = here - 1;
                break;
            }
            line = next;
        }
        top = (line, Math.Max(0, row));
    }

    private int RowsOf(int line)
    {
        if (Fetch(line) is not { } text)
            return 1;
        if (text.Text.Length <= Columns / 2)
            return 1;
        LineWrap.Rows(text.Text, Columns, starts);
        return starts.Count;
    }

    private TranscriptLine? Fetch(int line) => transcript.CopyLines(line, fetched) == 1 ? fetched[0] : null;

    private int NextOf(int line) => transcript.BlockAt(line) is { } block && block.Line == line && IsFolded(block) ? EndOf(block) : line + 1;

    private int PreviousOf(int line) => ShownAt(line - 1);

    /// <summary>The line itself, or the one that it is folded behind.</summary>
    private int ShownAt(int line) => HiderOf(line)?.Line ?? line;

    private CommandBlock? HiderOf(int line) => folded.Count > 0 && transcript.BlockAt(line) is { } block && block.Line < line && IsFolded(block) ? block : null;

    private int HiddenBy(CommandBlock block) => EndOf(block) - block.Line - 1;

    private int EndOf(CommandBlock block) => block.End ?? transcript.Count;
}
