using System.Text;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>What somebody has marked in a transcript, by characters or by whole lines. One thread at a time.</summary>
internal sealed class TextSelection(TranscriptModel transcript)
{
    /// <summary>More does not fit into what terminals take for their clipboard; the log file and the export have no limit.</summary>
    public const int CharactersLimit = 500_000;

    private TextPlace? anchor;
    private TextPlace caret;

    public bool IsEmpty => Range is null;

    /// <summary>The line at which it was last extended.</summary>
    public int CaretLine => caret.Line;

    /// <summary>From the first character to behind the last one.</summary>
    public (TextPlace Start, TextPlace End)? Range => anchor is not { } begun || begun == caret ? null : begun.CompareTo(caret) < 0 ? (begun, caret) : (caret, begun);

    public void Begin(TextPlace place) => (anchor, caret) = (place, place);

    public void ExtendTo(TextPlace place) => (anchor, caret) = (anchor ?? place, place);

    public void Clear() => anchor = null;

    /// <summary>Marks whole lines: the first time <paramref name="from"/>, then one more, or one less, at a time.</summary>
    public void ExtendLines(int rows, int from)
    {
        if (IsEmpty)
        {
            from = Math.Clamp(from, 0, Math.Max(0, transcript.Count - 1));
            (anchor, caret) = rows > 0 ? (new TextPlace(from, 0), new TextPlace(from + 1, 0)) : (new TextPlace(from + 1, 0), new TextPlace(from, 0));
            return;
        }
        caret = new TextPlace(Math.Clamp(caret.Line + rows, 0, transcript.Count), 0);
    }

    public void SelectLines(int first, int end) => (anchor, caret) = (new TextPlace(first, 0), new TextPlace(end, 0));

    /// <summary>The characters around a place up to white space.</summary>
    public void SelectWord(TextPlace place)
    {
        var text = TextOf(place.Line);
        if (place.Character >= text.Length || char.IsWhiteSpace(text[place.Character]))
            return;
        var (start, end) = (place.Character, place.Character);
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]))
            start--;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
            end++;
        (anchor, caret) = (new TextPlace(place.Line, start), new TextPlace(place.Line, end));
    }

    /// <summary>The marked characters of one line.</summary>
    public (int Start, int End) In(int line, int length)
    {
        if (Range is not var (start, end) || line < start.Line || line > end.Line)
            return (0, 0);
        return (line == start.Line ? Math.Min(start.Character, length) : 0, line == end.Line ? Math.Min(end.Character, length) : length);
    }

    /// <summary>What is marked, as it stands there, a line feed after each line but a last one in part.</summary>
    /// <param name="isCut">There was more than <see cref="CharactersLimit"/>.</param>
    public string Text(out bool isCut)
    {
        var result = new StringBuilder();
        isCut = false;
        if (Range is not var (start, end))
            return "";
        for (var line = start.Line; line <= end.Line && line < transcript.Count && !isCut; line++)
        {
            var text = TextOf(line);
            var (from, to) = In(line, text.Length);
            result.Append(text.AsSpan(from, to - from));
            if (line < end.Line)
                result.Append('\n');
            isCut = result.Length > CharactersLimit;
        }
        if (isCut)
            result.Length = CharactersLimit;
        return result.ToString();
    }

    private string TextOf(int line)
    {
        var fetched = new TranscriptLine[1];
        return transcript.CopyLines(line, fetched) == 1 ? fetched[0].Text : "";
    }
}
