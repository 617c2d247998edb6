using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using Terminal.Gui.App;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>What a host is asked who goes away from sessions that go on (rules F2, F9).</summary>
internal static class LeaveQuestions
{
    /// <summary>Whoever closes the window of a session that they host says what that shall mean.</summary>
    /// <param name="targetIsStopped">As the lists know it.</param>
    public static LeaveAnswer Window(IApplication app, string name, bool targetIsStopped)
    {
        var stopped = targetIsStopped ? "\n\nTHE TARGET IS STOPPED. Closing the session can let it run first." : "";
        return MessageBox.Query(
            app, "Leave window", $"Leave only this window, and “{VisibleText.Line(name)}” goes on for everybody? Or close the session, which can be re-opened?{stopped}",
            "_Only the Window", "C_lose Session…", "_Cancel") switch
        {
            0 => LeaveAnswer.OnlyTheWindow,
            1 => LeaveAnswer.CloseSession,
            _ => LeaveAnswer.Stay,
        };
    }

    /// <summary>Quitting ends no session, and a target that is stopped stays so: its host may not know.</summary>
    public static bool MayQuit(IApplication app, IEnumerable<SessionSummary> sessions)
    {
        string[] stopped = [.. sessions.Where(session => session is { IsHost: true, State: SessionState.Active, TargetIsStopped: true }).Select(session => $"“{VisibleText.Line(session.Name)}”")];
        return stopped.Length == 0 || MessageBox.Query(
            app, "Quit", $"{(stopped.Length == 1 ? $"THE TARGET of {stopped[0]} IS STOPPED" : $"THE TARGETS of {stopped.Length} sessions ARE STOPPED ({string.Join(", ", stopped.Take(NamesShown))}{(stopped.Length > NamesShown ? ", …" : "")})")}, and quitting leaves it so. Closing a session (F6) can let its target run first.",
            "_Quit", "_Cancel") == 0;
    }

    /// <summary>The question must fit on a small screen.</summary>
    private const int NamesShown = 3;
}

internal enum LeaveAnswer
{
    OnlyTheWindow,
    CloseSession,
    Stay,
}
