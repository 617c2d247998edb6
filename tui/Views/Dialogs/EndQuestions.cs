using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;
using Terminal.Gui.App;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Delete (rule F7) and Leave (rule C5): what can't be undone by whoever does it is asked about first.</summary>
internal static class EndQuestions
{
    public static void Delete(IApplication app, SessionsClient sessions, string sessionId) => DetailsRequest.Ask(app, sessions, sessionId, "Delete session", session =>
    {
        var audience = session.Clients.Length switch
        {
            0 => "",
            1 => $" {EntryText.Person(session.Clients[0])} can't read it any more either.",
            var clients => $" Its {clients} clients can't read it any more either.",
        };
        if (MessageBox.Query(app, "Delete session", $"Delete “{VisibleText.Line(session.Summary.Name)}” with its whole transcript, for ever?{audience}", "_Delete", "_Cancel") == 0)
            DetailsRequest.Do(app, session.Summary.Name, cancellationToken => sessions.DeleteAsync(sessionId, cancellationToken));
    });

    public static void Leave(IApplication app, SessionsClient sessions, SessionSummary session)
    {
        var question = $"Leave “{VisibleText.Line(session.Name)}” for good? It leaves your list, and {EntryText.Person(session.Host)} would have to invite you again.";
        if (MessageBox.Query(app, session.Invitation is InvitationState.Pending ? "Decline the invitation" : "Leave session", question, "_Leave", "_Cancel") == 0)
            DetailsRequest.Do(app, session.Name, cancellationToken => sessions.LeaveAsync(session.Id, cancellationToken));
    }
}
