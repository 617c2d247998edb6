using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Model.Lists;

/// <summary>A session in full as lines of a pane: a label and what stands behind it; visible text, not wrapped. Its name is the pane's title.</summary>
internal static class SessionDetailsText
{
    /// <param name="details">Null: not known yet.</param>
    public static IReadOnlyList<(string Label, string Text)> Of(SessionSummary session, SessionDetails? details, DateTimeOffset now)
    {
        List<(string, string)> lines = [];
        void Add(string label, string? text)
        {
            if (!string.IsNullOrEmpty(text))
                lines.Add((label, VisibleText.From(text)));
        }

        Add("State", State(session, now));
        Add("Debugger", Debugger(session));
        Add("Activity", $"{AgeText.Since(session.LastActivityAt, now)}; hosted {AgeText.At(session.CreatedAt)}");
        Add("Host", $"{EntryText.Person(session.Host)} <{session.Host.Email}>{(session.IsHost ? ", you" : "")}");
        Add("Clients", details is null ? $"{session.Clients} of {Limits.InvitedClients}" : Clients(details));
        if (details is not null)
            Add("Here now", details.Present.Length == 0 ? "nobody" : string.Join(", ", details.Present.Select(EntryText.Person)));
        Add("Runs", details is null ? null : $"{details.DebuggerLocation} {details.Arguments}".Trim());
        Add("Computer", details is null ? session.Computer : $"{details.Computer}, {(details.ThroughServer ? "through a server, which survives the debugger" : "direct: the debugger's end ends the session")}");
        Add("About", session.Description.Trim());
        return lines;
    }

    /// <summary>Rules F1, F3, F7 and F8 in a sentence.</summary>
    public static string State(SessionSummary session, DateTimeOffset now) => session switch
    {
        { State: SessionState.Active } => "Active",
        { State: SessionState.Closed } => $"Closed, can be re-opened ({SessionActions.KeyOf(SessionAction.Reopen)})",
        { VisibleUntil: { } until } => $"Terminated{EndedAt(session)}; you can read it until {AgeText.At(until)}, {AgeText.Of(until > now ? until - now : TimeSpan.Zero)} more",
        _ => $"Terminated{EndedAt(session)}; it stays in your list until it is deleted",
    };

    private static string EndedAt(SessionSummary session) => session.TerminatedAt is { } at ? $" {AgeText.At(at)}" : "";

    private static string? Debugger(SessionSummary session) => session switch
    {
        { State: SessionState.Terminated } => session.TargetIsStopped is true ? "gone; its target was left STOPPED" : null,
        { TargetIsStopped: true } => $"{StateText.Of(session.Debugger, session.Spool)}; THE TARGET IS STOPPED",
        _ => StateText.Of(session.Debugger, session.Spool),
    };

    private static string Clients(SessionDetails details)
    {
        var names = string.Join(", ", details.Clients.Select(client =>
            EntryText.Person(client) + (details.Operators?.FirstOrDefault(item => item.Person.Email == client.Email) is { } right ? $" [{RightText.Of(right.Right)}]" : "")));
        return details.Clients.Length == 0 ? $"none of {Limits.InvitedClients}" : $"{details.Clients.Length} of {Limits.InvitedClients}: {names}";
    }
}
