using Terminal.Gui.App;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The key map.</summary>
internal static class HelpDialog
{
    public const string Keys = """
        F1            this help              F10    menu
        Ctrl+Q        quit                   Tab    next field

        Lists
        F2            host a session         Enter  open the session
        F3            invite a client        F6     close the session
        F7            re-open it             F8     terminate it

        Command window
        Enter         run the command        Up/Down  history
        Ctrl+Alt+C    Break                  Ctrl+C   Break (asks once)
        Ctrl+Alt+letter  Ctrl+letter to the debugger
        PgUp/PgDn     scroll                 Ctrl+Home/End  start, tail
        F9            time stamps            Ctrl+W   leave the window
        F4            take the session back from your other computer
        """;

    public static void Show(IApplication app)
    {
        using var dialog = new Dialog { Title = "Keys" };
        dialog.Add(new Label { Text = Keys, X = 1, Y = 1, Width = Dim.Auto(), Height = Dim.Auto() });
        dialog.AddButton(new Button { Text = "_OK", IsDefault = true });
        app.Run(dialog);
    }
}
