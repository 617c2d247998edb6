using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>The keys of a Command window, its menu, and its help, from one table.</summary>
internal sealed partial class CommandWindow
{
    private KeyMap MakeKeys() => new KeyMap()
        .Section("Commands")
        .AddRange("Enter", "Run the command; a client suggests it", _ => null)
        .AddRange("Up, Down", "Earlier commands that begin with what is typed", _ => null)
        .AddRange("Tab", "Complete the command", _ => null)
        .Add(Key.G.WithCtrl, "Suggest what is typed", SuggestTyped)
        .Add(Key.R.WithAlt, "Run the suggested command", RunSuggestion)
        .Add(Key.E.WithAlt, "Edit the suggested command", EditSuggestion)
        .Add(Key.X.WithAlt, "Dismiss the suggested command", DismissSuggestion)
        .Add(Key.Q.WithAlt, "Commands that wait", ShowQueue)
        .Section("Debugger")
        .Add(Key.C.WithCtrl.WithAlt, "Break", Break)
        .Add(Key.C.WithCtrl, "Copy what is marked, else Break", CopyOrBreak)
        .AddRange("Ctrl+Alt+letter", "Ctrl+letter to the debugger", key => LetterOf(key) is { } letter ? () => PressKey(letter) : null)
        .Section("Session")
        .Add(Key.F2, "Add a note", AddNote)
        .Add(Key.F3, "Invite clients", Invite)
        .Add(Key.F5, "People: who is there, rights, invitations", ShowPeople)
        .Add(Key.E.WithCtrl, "Export the transcript", Export)
        .Add(Key.F4, "Take the session back to here", session.TakeBack)
        .Add(Key.F6, "Close the session", Close)
        .Add(Key.F7, "Re-open the session", () => _ = session.ReopenAsync())
        .Add(Key.F8, "Terminate the session", Terminate)
        .Section("Transcript")
        .Add(Key.PageUp, "Scroll", () => ScrollBy(1 - transcript.Viewport.Height))
        .Add(Key.PageDown, "Scroll", () => ScrollBy(transcript.Viewport.Height - 1))
        .Add(Key.CursorUp.WithAlt, "Scroll a row", () => ScrollBy(-1))
        .Add(Key.CursorDown.WithAlt, "Scroll a row", () => ScrollBy(1))
        .Add(Key.Home.WithCtrl, "Start", () => Scroll(transcript.Screen.GoToStart))
        .Add(Key.End.WithCtrl, "End, and follow it", () => Scroll(transcript.Screen.GoToTail))
        .Add(Key.CursorUp.WithCtrl, "Command before", () => Scroll(transcript.Screen.GoToPreviousCommand))
        .Add(Key.CursorDown.WithCtrl, "Next command", () => Scroll(transcript.Screen.GoToNextCommand))
        .Add(Key.Z.WithAlt, "Fold or unfold the command's output", ToggleFold)
        .Add(Key.CursorUp.WithShift, "Mark lines", () => MarkLines(-1))
        .Add(Key.CursorDown.WithShift, "Mark lines", () => MarkLines(1))
        .Add(Key.C.WithAlt, "Copy the command with its output", CopyBlock)
        .Add(Key.F.WithCtrl, "Find", OpenFind)
        .Add(Key.L.WithCtrl, "Open or close the log file", ToggleLog)
        .Add(Key.F9, "Time stamps", ToggleTimes)
        .Section("Window")
        .Add(Key.F1, "These keys", () => HelpDialog.Show(App!, keys))
        .Add(Key.Esc, "Mark nothing", () => Scroll(transcript.Selection.Clear))
        .Add(Key.D0.WithAlt, "The lists; the window stays open", () => Go(WindowExit.GoToLists))
        .AddRange("Alt+1 … Alt+9", "Another open window", key => NumberOf(key) is { } number ? () => GoTo(number) : null)
        .Add(Key.W.WithCtrl, "Leave the window", Leave)
        .Add(Key.Q.WithCtrl, "Quit; sessions go on", Quit);

    private MenuBar MakeMenu() => new(
    [
        new MenuBarItem("_Session",
        [
            Item("_Invite Client…", Key.F3),
            Item("_People…", Key.F5),
            Item("Add _Note…", Key.F2),
            Item("_Export…", Key.E.WithCtrl),
            Item("_Close Session", Key.F6),
            Item("_Re-open Session", Key.F7),
            Item("_Terminate Session…", Key.F8),
            Item("Take the Session B_ack", Key.F4),
            Item("_Other Sessions", Key.D0.WithAlt),
            Item("_Leave Window", Key.W.WithCtrl),
            Item("_Quit", Key.Q.WithCtrl),
        ]),
        new MenuBarItem("_Debugger",
        [
            Item("_Break", Key.C.WithCtrl.WithAlt),
            new MenuItem("Ctrl+_B (KD: leave)", "", () => App?.Post(() => PressKey('b')), Key.B.WithCtrl.WithAlt),
            Item("Commands That _Wait…", Key.Q.WithAlt),
            Item("_Suggest What Is Typed", Key.G.WithCtrl),
        ]),
        new MenuBarItem("_View",
        [
            Item("_Find…", Key.F.WithCtrl),
            Item("_Log File…", Key.L.WithCtrl),
            Item("Copy _Command", Key.C.WithAlt),
            Item("F_old Command", Key.Z.WithAlt),
            new MenuItem("Fold _All", "", () => App?.Post(() => Scroll(transcript.Screen.FoldAll))),
            new MenuItem("_Unfold All", "", () => App?.Post(() => Scroll(transcript.Screen.UnfoldAll))),
            Item("_Time Stamps", Key.F9),
            Item("To _Start", Key.Home.WithCtrl),
            Item("To _End", Key.End.WithCtrl),
        ]),
        new MenuBarItem("_Help", [Item("_Keys", Key.F1)]),
    ]);

    /// <summary>The digit of Alt+digit, which is the number of a window; null for another key.</summary>
    public static int? NumberOf(Key key) => key.IsAlt && !key.IsCtrl && key.NoAlt.NoShift.KeyCode is >= KeyCode.D1 and <= KeyCode.D9 and var code ? 1 + (int)(code - KeyCode.D1) : null;

    private MenuItem Item(string text, Key key) => keys.Item(text, key, action => App?.Post(action));

    /// <summary>The letter of Ctrl+Alt+letter, which is Ctrl+letter to the debugger (rule E5).</summary>
    private static char? LetterOf(Key key) => key.IsCtrl && key.IsAlt && key.NoCtrl.NoAlt.NoShift.KeyCode is >= KeyCode.A and <= KeyCode.Z and var code
        ? (char)('a' + (code - KeyCode.A))
        : null;
}
