using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Lists;
using Terminal.Gui.Text;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The selected session in full, beside or below its list.</summary>
internal sealed class SessionDetailsPane : FrameView
{
    private const int LabelColumns = 10;
    private readonly Label text = new() { X = 1, Width = Dim.Fill(1), Height = Dim.Fill(), CanFocus = false };
    private IReadOnlyList<(string Label, string Text)> lines = [];

    public SessionDetailsPane()
    {
        CanFocus = false;
        Add(text);
        FrameChanged += (_, _) => Wrap();
    }

    public void Show(SessionSummary? session, SessionDetails? details, DateTimeOffset now)
    {
        Title = session is null ? "Details" : VisibleText.Line(session.Name);
        lines = session is null ? [("", "No session is selected.")] : SessionDetailsText.Of(session, details, now);
        Wrap();
    }

    private void Wrap()
    {
        var width = Math.Max(Viewport.Width - LabelColumns - 2, 10);
        text.Text = string.Join('\n', lines.SelectMany(line => TextFormatter.WordWrapText(line.Text, width)
            .Select((part, index) => (index == 0 ? line.Label : "").PadRight(LabelColumns) + part)));
        SetNeedsDraw();
    }
}
