using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using Terminal.Gui.App;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Close Session: asks, and offers to let a stopped target run first (rule F9).</summary>
internal static class CloseQuestion
{
    private const string Title = "Close session";

    /// <summary>Asks about this session as it is now, and closes it with what the person chose, or not at all.</summary>
    public static void Ask(IApplication app, SessionsClient sessions, string sessionId) => DetailsRequest.Ask(app, sessions, sessionId, Title, session =>
        Ask(
            app,
            session.Summary.Name,
            session.Summary is { State: SessionState.Active, TargetIsStopped: true },
            target => DetailsRequest.Do(app, session.Summary.Name, cancellationToken => sessions.CloseAsync(sessionId, target, cancellationToken)),
            Consequence(session)));

    /// <summary>Closes with what the person chose, or not at all.</summary>
    /// <param name="consequence">For whom, and what becomes of the debugger.</param>
    public static void Ask(IApplication app, string name, bool targetIsStopped, Action<TargetFate?> close, string consequence = "")
    {
        var question = $"Close “{VisibleText.Line(name)}”? It can be re-opened; its history stays.{(consequence.Length == 0 ? "" : $"\n\n{VisibleText.From(consequence)}")}";
        if (!targetIsStopped)
        {
            if (MessageBox.Query(app, Title, question, "C_lose Session", "_Cancel") == 0)
                close(null);
            return;
        }
        switch (MessageBox.Query(app, Title, question + "\n\nTHE TARGET IS STOPPED.", "Let It _Run and Close", "Leave It _Stopped", "_Cancel"))
        {
            case 0:
                close(TargetFate.LetRun);
                break;
            case 1:
                close(TargetFate.LeaveStopped);
                break;
        }
    }

    private static string Consequence(SessionDetails session)
    {
        var debugger = session.ThroughServer ? "The debugger leaves; its server and the target go on." : "The debugger stays with the target, and nobody can enter commands.";
        return AudienceText.Of(session) is { Length: > 0 } audience ? $"{debugger} Clients see that it is closed. {audience}" : debugger;
    }
}
