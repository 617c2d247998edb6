using OrleansKd.Contracts;
using Terminal.Gui.App;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>Close Session: asks, and offers to let a stopped target run first (rule F9).</summary>
internal static class CloseQuestion
{
    /// <summary>Closes with what the person chose, or not at all.</summary>
    public static void Ask(IApplication app, string name, bool targetIsStopped, Action<TargetFate?> close)
    {
        var question = $"Close “{VisibleText.From(name)}”? It can be re-opened; its history stays.";
        if (!targetIsStopped)
        {
            if (MessageBox.Query(app, "Close session", question, "C_lose Session", "_Cancel") == 0)
                close(null);
            return;
        }
        switch (MessageBox.Query(app, "Close session", question + " THE TARGET IS STOPPED.", "Let It _Run and Close", "Leave It _Stopped", "_Cancel"))
        {
            case 0:
                close(TargetFate.LetRun);
                break;
            case 1:
                close(TargetFate.LeaveStopped);
                break;
        }
    }
}
