using System.Text;
using Wcwidth;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>Where a line that is wider than the screen goes on, and which character stands in which column.</summary>
internal static class LineWrap
{
    /// <summary>Replaces <paramref name="starts"/> with the index of each row's first character: at least one row, also of an empty line.</summary>
    /// <param name="columns">At least 2: a wide character must fit.</param>
    public static void Rows(string text, int columns, List<int> starts)
    {
        starts.Clear();
        starts.Add(0);
        if (Ascii.IsValid(text))
        {
            for (var start = columns; start < text.Length; start += columns)
                starts.Add(start);
            return;
        }
        var used = 0;
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var width = WidthOf(rune);
            if (used + width > columns)
            {
                starts.Add(index);
                used = 0;
            }
            used += width;
            index += rune.Utf16SequenceLength;
        }
    }

    public static int Columns(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
            return text.Length;
        var columns = 0;
        foreach (var rune in text.EnumerateRunes())
            columns += WidthOf(rune);
        return columns;
    }

    /// <summary>Index of the character at a column; behind the last one for a column after it.</summary>
    public static int IndexAt(ReadOnlySpan<char> text, int column)
    {
        if (Ascii.IsValid(text))
            return Math.Clamp(column, 0, text.Length);
        var (used, index) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            used += WidthOf(rune);
            if (used > column)
                break;
            index += rune.Utf16SequenceLength;
        }
        return index;
    }

    private static int WidthOf(Rune rune) => Math.Max(0, UnicodeCalculator.GetWidth(rune));
}
