using OrleansKd.Tui.Model;
using Terminal.Gui.Input;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The command line: Enter enters, up and down go through the history by what was typed so far.</summary>
internal sealed class CommandLineView(CommandHistory history) : TextField
{
    /// <summary>The window's own keys come first: a text field would take some of them.</summary>
    public Func<Key, bool>? WindowKey { get; set; }

    public event Action<string>? Entered;

    /// <summary>Plain Ctrl+C where nothing is selected.</summary>
    public event Action? BreakWanted;

    protected override bool OnKeyDown(Key key)
    {
        if (WindowKey?.Invoke(key) == true)
            return true;
        if (key == Key.Enter)
        {
            var line = Text;
            if (!ReadOnly)
            {
                Text = "";
                Entered?.Invoke(line);
            }
            return true;
        }
        if (key == Key.C.WithCtrl && SelectedLength == 0)
        {
            BreakWanted?.Invoke();
            return true;
        }
        if (key == Key.CursorUp || key == Key.CursorDown)
        {
            Show(key == Key.CursorUp ? history.Older(Text) : history.Newer());
            return true;
        }
        // Suspending would leave the others with a viewer that takes nothing.
        return key == Key.Z.WithCtrl || base.OnKeyDown(key);
    }

    private void Show(string? command)
    {
        if (command is null || ReadOnly)
            return;
        Text = command;
        MoveEnd();
    }
}
