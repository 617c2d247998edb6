using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using Terminal.Gui.Input;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The command line: Enter enters, up and down go through the history by what was typed so far, Tab completes.</summary>
internal sealed class CommandLineView(CommandHistory history) : TextField
{
    private IReadOnlyList<string> offered = [];
    private int offeredAt = -1;
    private bool isRecalling;
    private string pasted = "";

    /// <summary>The window's own keys come first: a text field would take some of them.</summary>
    public Func<Key, bool>? WindowKey { get; set; }

    /// <summary>Whose commands Tab offers.</summary>
    public string DebuggerKind { get; set; } = "";

    public event Action<string>? Entered;

    /// <summary>Several lines were pasted.</summary>
    public event Action<string[]>? LinesPasted;

    /// <summary>What Tab can go on with; empty: nothing.</summary>
    public event Action<IReadOnlyList<string>>? Offered;

    /// <summary>Puts a line there to be edited.</summary>
    public void Show(string? command)
    {
        if (command is null || ReadOnly)
            return;
        isRecalling = true;
        Text = command;
        isRecalling = false;
        MoveEnd();
    }

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
        if (key == Key.CursorUp || key == Key.CursorDown)
        {
            Show(key == Key.CursorUp ? history.Older(Text) : history.Newer());
            return true;
        }
        if (key == Key.Tab || key == Key.Tab.WithShift)
        {
            Complete(key == Key.Tab ? 1 : -1);
            return true;
        }
        // Suspending would leave the others with a viewer that takes nothing.
        return key == Key.Z.WithCtrl || base.OnKeyDown(key);
    }

    protected override void OnTextChanged()
    {
        base.OnTextChanged();
        if (isRecalling)
            return;
        history.Reset();
        offered = [];
    }

    /// <summary>A field keeps the first line only; here the others are not lost.</summary>
    protected override string OnSanitizingPaste(string text)
    {
        pasted = text;
        return base.OnSanitizingPaste(text);
    }

    protected override bool OnPaste(string text)
    {
        var lines = pasted.ReplaceLineEndings("\n").Split('\n').Select(line => line.Replace('\t', ' ')).Where(line => line.Trim().Length > 0).ToArray();
        if (lines.Length < 2 || ReadOnly)
            return base.OnPaste(text);
        LinesPasted?.Invoke(lines);
        return true;
    }

    /// <summary>First as far as all go together, then one after the other.</summary>
    private void Complete(int step)
    {
        if (ReadOnly)
            return;
        if (offered.Count == 0)
        {
            offered = CommandWords.After(DebuggerKind, Text, history);
            offeredAt = -1;
            if (offered.Count == 0)
                return;
            var common = CommandWords.CommonStart(offered);
            Offered?.Invoke(offered);
            if (common.Length > Text.Length)
            {
                var rest = offered;
                Show(common);
                offered = rest.Count == 1 ? [] : rest;
                return;
            }
        }
        offeredAt = ((offeredAt + step) % offered.Count + offered.Count) % offered.Count;
        Show(offered[offeredAt]);
    }
}
