using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>A table of lines with names above them; what is typed over it is for its window's keys.</summary>
internal sealed class PlainTable : TableView
{
    public PlainTable()
    {
        (Width, Height, FullRowSelect, MultiSelect, CollectionNavigator) = (Dim.Fill(), Dim.Fill(), true, false, null);
        Style.ShowVerticalCellLines = false;
        Style.ShowVerticalHeaderLines = false;
        Style.ShowHorizontalHeaderOverline = false;
        Style.AlwaysShowHeaders = true;
    }

    /// <summary>Takes a key before the table does; true when it did.</summary>
    public Func<Key, bool>? WindowKey { get; set; }

    /// <summary>The selected line, from 0; -1: none.</summary>
    public int Row => Value?.SelectedCell.Y ?? -1;

    protected override bool OnKeyDown(Key key) => WindowKey?.Invoke(key) is true || base.OnKeyDown(key);

    /// <summary>Shows these lines in columns of these widths, with a blank between them.</summary>
    /// <param name="row">The line that is selected then.</param>
    public void Show<T>(IReadOnlyList<T> lines, int row, params IReadOnlyList<(string Header, int Width, Func<T, string> Cell)> columns)
    {
        Style.ColumnStyles.Clear();
        for (var column = 0; column < columns.Count; column++)
            Style.ColumnStyles[column] = new ColumnStyle { MinWidth = columns[column].Width, MaxWidth = columns[column].Width };
        Table = new EnumerableTableSource<T>(lines, columns.ToDictionary(column => column.Header, column => (Func<T, object>)(line => column.Cell(line))));
        if (lines.Count > 0)
            SetSelection(0, Math.Clamp(row, 0, lines.Count - 1), false);
        Update();
    }
}
