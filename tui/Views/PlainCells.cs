using System.Drawing;
using Terminal.Gui.Drawing;
using Terminal.Gui.Drivers;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace OrleansKd.Tui.Views;

/// <summary>
/// Writes printable ASCII into the library's screen as it is, and leaves alone the ends that stand there already. The library's own way looks for the
/// graphemes and the width of every character each time, which is most of the work of drawing a flood; it is the only way for everything else.
/// </summary>
internal static class PlainCells
{
    private static readonly string[] Graphemes = [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => ((char)code).ToString())];

    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~');

    /// <summary>Whether plain text may be written there: nothing covers any of it, and no wide character stands in it, of which a half would be left.</summary>
    /// <param name="place">In screen coordinates, one row.</param>
    public static bool CanWrite(IOutputBuffer screen, Rectangle place)
    {
        if (screen.Contents is not { } cells || place.X < 0 || place.Y < 0 || place.Y >= cells.GetLength(0) || place.Right > cells.GetLength(1))
            return false;
        if (screen.Clip is not { } clip || !clip.GetRectangles().Any(part => part.Contains(place)))
            return false;
        for (var column = place.X; column < place.Right; column++)
        {
            if (cells[place.Y, column].Grapheme is not [>= ' ' and <= '~'])
                return false;
        }
        return true;
    }

    /// <param name="text">Plain, and within what can be written.</param>
    public static void Write(IOutputBuffer screen, int column, int row, ReadOnlySpan<char> text, Attribute attribute)
    {
        var cells = screen.Contents!;
        var (first, end) = (0, text.Length);
        while (first < end && IsShown(text[first], cells[row, column + first]))
            first++;
        while (end > first && IsShown(text[end - 1], cells[row, column + end - 1]))
            end--;
        if (first == end)
            return;
        // All between the first and the last that is another: for each piece by itself the terminal would be told where it stands.
        for (var index = first; index < end; index++)
            cells[row, column + index] = new Cell(attribute, IsDirty: true, Graphemes[text[index] - ' ']);
        screen.DirtyLines[row] = true;

        bool IsShown(char character, in Cell cell) => cell.Attribute == attribute && cell.Grapheme[0] == character && cell.Grapheme.Length == 1;
    }
}
