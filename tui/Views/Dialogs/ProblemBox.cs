using OrleansKd.Contracts;
using Terminal.Gui.App;
using Terminal.Gui.Text;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Says why something did not happen, and what was printed meanwhile, as it was printed.</summary>
internal static class ProblemBox
{
    /// <summary>The frame, the button, and the shadows of both.</summary>
    private const int OtherRows = 6;

    /// <summary>On the UI thread, until it is dismissed. Where it is longer than the screen, its beginning and its end are shown: a program's last words tell the most.</summary>
    public static void Show(IApplication app, string title, string problem)
    {
        using var box = new Dialog { Title = VisibleText.Line(title), SchemeName = "Error" };
        var columns = Math.Max(1, Math.Min(DialogWidth.Most, app.Screen.Width - 4));
        var lines = Rows(VisibleText.From(problem), columns);
        var room = Math.Max(3, app.Screen.Height - OtherRows);
        if (lines.Count > room)
            lines = [.. lines.Take(room / 3), "…", .. lines.TakeLast(room - (room / 3) - 1)];
        // By itself it would leave a tenth of a small screen free.
        box.Height = lines.Count + OtherRows;
        box.Add(new Label { X = 1, Width = lines.Max(line => line.GetColumns()) + 1, Height = lines.Count, Text = string.Join('\n', lines), CanFocus = false });
        box.AddButton(new Button { Text = "_OK", IsDefault = true });
        app.Run(box);
    }

    /// <summary>The rows of a text that may have line breaks.</summary>
    public static List<string> Rows(string text, int columns) =>
        [.. text.Split('\n').SelectMany(line => line.Length == 0 ? [""] : TextFormatter.WordWrapText(line, columns))];
}
