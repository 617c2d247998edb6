using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>One tab: a live table of sessions.</summary>
internal sealed class SessionTable : View
{
    private static readonly Dictionary<string, Func<SessionSummary, object>> Columns = new()
    {
        ["Name"] = session => Cell(session.Name),
        ["State"] = session => session.State == SessionState.Closed ? "closed (re-open: F7)" : StateText.Of(session.State),
        ["Debugger"] = session => StateText.OfDebugger(session),
        ["Host"] = session => Cell(EntryText.Person(session.Host)),
        ["Clients"] = session => session.Clients.ToString(CultureInfo.InvariantCulture),
        ["Activity"] = session => session.LastActivityAt.ToLocalTime().ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
    };

    private readonly TableView table = new() { Width = Dim.Fill(), Height = Dim.Fill(), FullRowSelect = true, MultiSelect = false };
    private readonly Label empty;
    private IReadOnlyList<SessionSummary> sessions = [];

    public SessionTable(string title, string whenEmpty)
    {
        (Title, Width, Height, CanFocus) = (title, Dim.Fill(), Dim.Fill(), true);
        empty = new Label { Text = whenEmpty, X = Pos.Center(), Y = Pos.Center(), CanFocus = false };
        table.Style.ExpandLastColumn = true;
        table.Style.ShowVerticalCellLines = false;
        table.Style.ShowVerticalHeaderLines = false;
        table.Style.ShowHorizontalHeaderOverline = false;
        table.Accepting += (_, e) =>
        {
            e.Handled = true;
            Opened?.Invoke();
        };
        Add(table, empty);
        Show([]);
    }

    /// <summary>Enter on a session.</summary>
    public event Action? Opened;

    public SessionSummary? Selected => table.Value?.SelectedCell.Y is { } row && row >= 0 && row < sessions.Count ? sessions[row] : null;

    /// <summary>Shows these; the selected session stays selected wherever it moves.</summary>
    public void Show(IReadOnlyList<SessionSummary> current)
    {
        var selected = Selected?.Id;
        sessions = current;
        table.Table = new EnumerableTableSource<SessionSummary>(current, Columns);
        var row = Math.Max(0, current.Select(session => session.Id).ToList().IndexOf(selected ?? ""));
        if (current.Count > 0)
            table.SetSelection(0, row, false);
        table.Update();
        (table.Visible, empty.Visible) = (current.Count > 0, current.Count == 0);
        SetNeedsDraw();
    }

    private static string Cell(string text) => VisibleText.From(text).Replace('\n', ' ').Replace('\t', ' ');
}
