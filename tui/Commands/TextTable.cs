using OrleansKd.Contracts;

namespace OrleansKd.Tui.Commands;

/// <summary>Columns for people, as wide as what is in them; the last one is not padded.</summary>
internal static class TextTable
{
    public static void Write(CommandContext context, string[] header, IEnumerable<string[]> rows)
    {
        var lines = rows.Select(row => row.Select(Cell).ToArray()).Prepend(header).ToArray();
        var widths = Enumerable.Range(0, header.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            context.WriteLine(string.Join("  ", line.Select((cell, column) => column == line.Length - 1 ? cell : cell.PadRight(widths[column]))));
    }

    public static string Cell(string text) => VisibleText.Line(text);
}
