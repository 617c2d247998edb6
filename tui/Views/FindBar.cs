using OrleansKd.Contracts;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>Find, in one row: looks while somebody types, and steps from hit to hit, the newest first.</summary>
internal sealed class FindBar : View
{
    private readonly TranscriptView transcript;
    private readonly Label label = new() { X = 1, CanFocus = false };
    private readonly TextField pattern;
    private readonly Label found = new() { X = Pos.AnchorEnd(FoundColumns), Width = FoundColumns, CanFocus = false };

    /// <summary>For the count, or why there is none.</summary>
    private const int FoundColumns = 34;

    private bool isRegularExpression;
    private int line = -1;

    public FindBar(TranscriptView transcript)
    {
        this.transcript = transcript;
        (Height, Width, CanFocus, Visible) = (1, Dim.Fill(), true, false);
        pattern = new TextField { X = Pos.Right(label) + 1, Width = Dim.Fill(FoundColumns + 1) };
        pattern.TextChanged += (_, _) => Start();
        Add(label, pattern, found);
    }

    /// <summary>Keys that mean something else here than in the window.</summary>
    public static bool Takes(Key key) => key == Key.Esc || key == Key.Enter || key == Key.CursorUp || key == Key.CursorDown || key == Key.R.WithCtrl;

    /// <summary>It was closed.</summary>
    public event Action? Closed;

    public void Open()
    {
        Visible = true;
        pattern.SetFocus();
        pattern.SelectAll();
        Start();
    }

    /// <summary>The search went on, or the transcript did.</summary>
    public void Refresh()
    {
        if (!Visible)
            return;
        var search = transcript.Search;
        label.Text = isRegularExpression ? "Find expression:" : "Find:";
        found.SchemeName = search.Problem is null ? null : "Error";
        found.Text = search switch
        {
            { Problem: { } problem } => VisibleText.Line(problem),
            { IsOn: false } => "Ctrl+R: expression  Esc: close",
            { LineCount: 0 } => "nothing found",
            _ when search.OrdinalOf(line) is > 0 and var ordinal => $"line {ordinal:N0} of {search.LineCount:N0}, {search.Hits:N0} hits",
            _ => $"{search.Hits:N0} {(search.Hits == 1 ? "hit" : "hits")}  Up/Down: go",
        };
        SetNeedsDraw();
    }

    /// <summary>Goes to the next hit above, or below.</summary>
    public void Step(bool isUp)
    {
        var from = line >= 0 ? line : isUp ? int.MaxValue - 1 : transcript.Screen.TopLine - 1;
        if ((isUp ? transcript.Search.Before(from) : transcript.Search.After(from)) is not { } hit)
            return;
        line = hit;
        transcript.Screen.GoTo(hit);
        transcript.Show();
        Refresh();
    }

    protected override bool OnKeyDown(Key key)
    {
        if (key == Key.Enter || key == Key.CursorUp)
            Step(isUp: true);
        else if (key == Key.CursorDown)
            Step(isUp: false);
        else if (key == Key.Esc)
            Close();
        else if (key == Key.R.WithCtrl)
            Toggle();
        else
            return base.OnKeyDown(key);
        return true;
    }

    private void Toggle()
    {
        isRegularExpression = !isRegularExpression;
        Start();
    }

    private void Start()
    {
        line = -1;
        transcript.Search.Start(pattern.Text, isRegularExpression);
        transcript.Show();
        Refresh();
    }

    private void Close()
    {
        Visible = false;
        transcript.Search.Start("", false);
        transcript.Show();
        Closed?.Invoke();
    }
}
