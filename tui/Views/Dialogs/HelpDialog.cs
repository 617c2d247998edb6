using System.Drawing;
using Terminal.Gui.App;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>The keys, as windows act by them; scrolls where the terminal is small.</summary>
internal static class HelpDialog
{
    /// <summary>Beside the text: a space on each side, and the scroll bar.</summary>
    private const int MarginColumns = 3;

    private const int FrameColumns = 4;

    /// <summary>Border, button and shadows, and what shall be seen of the window behind.</summary>
    private const int FrameRows = 7;

    public static void Show(IApplication app, KeyMap keys)
    {
        var lines = keys.Help().TrimEnd('\n').Split('\n');
        var size = new Size(lines.Max(line => line.Length), lines.Length);
        using var dialog = new Dialog { Title = "Keys" };
        var page = new View
        {
            Width = Dim.Func(_ => Math.Min(size.Width + MarginColumns, app.Screen.Width - FrameColumns)),
            Height = Dim.Func(_ => Math.Clamp(app.Screen.Height - FrameRows, 1, size.Height)),
            CanFocus = true,
            ViewportSettings = ViewportSettingsFlags.HasVerticalScrollBar,
        };
        page.SetContentSize(size);
        page.Add(new Label { Text = string.Join('\n', lines), X = 1, CanFocus = false });
        page.KeyBindings.Add(Terminal.Gui.Input.Key.CursorDown, Terminal.Gui.Input.Command.ScrollDown);
        dialog.Add(page);
        dialog.AddButton(new Button { Text = "_OK", IsDefault = true });
        app.Run(dialog);
    }
}
