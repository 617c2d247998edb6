using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Lists;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>One tab: a live table of sessions, sorted and filtered as its user likes, or what to do first when there are none.</summary>
internal sealed class SessionTable : View
{
    private readonly IReadOnlyList<SessionColumn> columns;
    private readonly TimeProvider time;
    private readonly PlainTable table = new();
    private readonly Label filterLabel = new() { Text = "Filter:", X = 1, CanFocus = false, Visible = false };
    private readonly TextField filter = new() { X = 9, Width = Dim.Fill(14), Visible = false };
    private readonly Label matches = new() { X = Pos.AnchorEnd(13), Width = 13, CanFocus = false, Visible = false };
    private readonly Label empty = new() { X = 2, Y = 2, Width = Dim.Fill(2), Height = Dim.Fill(), CanFocus = false };
    private IReadOnlyList<SessionSummary> all = [];
    private IReadOnlyList<SessionSummary> sessions = [];
    private IReadOnlyList<SessionColumn> shown = [];
    private SessionListView view = new();
    private string whenEmpty = "";

    public SessionTable(string title, IReadOnlyList<SessionColumn> columns, TimeProvider time)
    {
        (Title, Width, Height, CanFocus, this.columns, this.time) = (title, Dim.Fill(), Dim.Fill(), true, columns, time);
        table.Accepting += (_, e) =>
        {
            e.Handled = true;
            Opened?.Invoke();
        };
        table.Activating += (_, e) => SortByHeader(e);
        table.ValueChanged += (_, _) => SelectionChanged?.Invoke();
        filter.TextChanged += (_, _) => Look(view with { Filter = filter.Text });
        filter.Accepting += (_, e) =>
        {
            e.Handled = true;
            FocusList();
        };
        filter.KeyDown += (_, key) =>
        {
            if (key == Key.Esc)
                EndFilter();
            else if (key == Key.CursorDown)
                FocusList();
            else
                return;
            key.Handled = true;
        };
        Add(filterLabel, filter, matches, table, empty);
        FrameChanged += (_, _) => Draw();
    }

    /// <summary>Enter on a session, or a double click.</summary>
    public event Action? Opened;

    public event Action? SelectionChanged;

    /// <summary>Takes a key before the table does; true when it did.</summary>
    public Func<Key, bool>? WindowKey
    {
        get => table.WindowKey;
        set => table.WindowKey = value;
    }

    public SessionSummary? Selected => table.Row is >= 0 and var row && row < sessions.Count ? sessions[row] : null;

    public bool IsFiltering => filter.Visible;

    /// <summary>Shows these; the selected session stays selected wherever it moves.</summary>
    /// <param name="whenNone">What to do first, when there are none.</param>
    public void Show(IReadOnlyList<SessionSummary> current, string whenNone)
    {
        (all, whenEmpty) = (current, whenNone);
        Draw();
    }

    /// <summary>The filter's field; what was typed there is still there.</summary>
    public void BeginFilter()
    {
        filterLabel.Visible = filter.Visible = matches.Visible = true;
        table.Y = empty.Y = 1;
        filter.SetFocus();
        Draw();
    }

    public void EndFilter()
    {
        filterLabel.Visible = filter.Visible = matches.Visible = false;
        (table.Y, empty.Y) = (0, 2);
        filter.Text = "";
        Look(view with { Filter = "" });
        FocusList();
    }

    public void SortByNext() => Look(view.NextSort(shown));

    public void ReverseSort() => Look(view.Reverse());

    private void FocusList()
    {
        if (table.Visible)
            table.SetFocus();
    }

    private void Look(SessionListView next)
    {
        view = next;
        Draw();
    }

    private void SortByHeader(CommandEventArgs args)
    {
        if (args.Context?.Binding is not MouseBinding { MouseEvent.Position: { } position } || table.ScreenToCell(position, out var header) is not null || header is not { } column)
            return;
        args.Handled = true;
        Look(view.SortBy(shown[column]));
    }

    private void Draw()
    {
        var (selected, now) = (Selected?.Id, time.GetUtcNow());
        var fitting = SessionColumns.Fit(columns, Math.Max(Viewport.Width, 1));
        sessions = view.Of(all, now);
        shown = [.. fitting.Select(item => item.Column)];
        table.Show(
            sessions,
            sessions.Select(session => session.Id).ToList().IndexOf(selected ?? ""),
            [.. fitting.Select(item => (view.Header(item.Column), item.Width, (Func<SessionSummary, string>)(session => SessionColumns.Cell(item.Column, session, now))))]);
        (table.Visible, empty.Visible) = (sessions.Count > 0, sessions.Count == 0);
        // Rows that come while the tabs have the focus are what the next key is for.
        if (HasFocus && !filter.HasFocus)
            FocusList();
        empty.Text = VisibleText.From(all.Count == 0 ? whenEmpty : $"None of {all.Count} sessions matches “{view.Filter.Trim()}”. Esc in the filter ends it.");
        matches.Text = $" {sessions.Count} of {all.Count}";
        SelectionChanged?.Invoke();
        SetNeedsDraw();
    }
}
