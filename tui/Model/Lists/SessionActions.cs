using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Model.Lists;

/// <summary>What the lists' Actions menu does.</summary>
internal enum SessionAction
{
    Host,
    Invite,
    People,
    Open,
    Close,
    Reopen,
    ReopenElsewhere,
    Terminate,
    Export,
    Delete,
    Leave,
    Permissions,
    Computers,
}

/// <summary>One of them: its key, which menu, help and advice name alike.</summary>
/// <param name="Key">As keyboards and the library have it: <c>F2</c>, <c>Ctrl+E</c>.</param>
/// <param name="Menu">Its line of the menu; an underscore stands before its letter.</param>
/// <param name="What">Its line of the help.</param>
/// <param name="BeginsGroup">A line stands above it in the menu.</param>
internal sealed record SessionActionItem(SessionAction Action, string Key, string Menu, string What, bool BeginsGroup = false);

/// <summary>
/// What can be done with a session, and why something can't, as far as the lists tell: the server decides. What is said about somebody else's session
/// says nothing that its client does not see.
/// </summary>
internal static class SessionActions
{
    /// <summary>In the menu's order.</summary>
    public static readonly IReadOnlyList<SessionActionItem> All =
    [
        new(SessionAction.Host, "F2", "_Host Session…", "Host a session: start a debugger and share it"),
        new(SessionAction.Invite, "F3", "_Invite Client…", "Invite clients", BeginsGroup: true),
        new(SessionAction.Open, "F4", "_Open", "Open the Command window (also Enter)"),
        new(SessionAction.People, "F5", "Peo_ple…", "People: who is there, rights, invitations"),
        new(SessionAction.Close, "F6", "_Close Session…", "Close the session; it can be re-opened"),
        new(SessionAction.Reopen, "F7", "_Re-open Session", "Re-open a closed session"),
        new(SessionAction.ReopenElsewhere, "Shift+F7", "Re-open Else_where…", "Re-open it on another computer, or with other arguments"),
        new(SessionAction.Terminate, "F8", "_Terminate Session…", "Terminate the session for good"),
        new(SessionAction.Export, "Ctrl+E", "_Export…", "Write the transcript to a file"),
        new(SessionAction.Delete, "Delete", "_Delete…", "Delete a terminated session with its transcript"),
        new(SessionAction.Leave, "Ctrl+L", "_Leave or Decline…", "Leave a session, or decline its invitation"),
        new(SessionAction.Permissions, "Ctrl+P", "Per_missions…", "Your permissions; for administrators those of others", BeginsGroup: true),
        new(SessionAction.Computers, "Ctrl+K", "Comp_uters…", "Your computers and their debuggers"),
    ];

    public static string KeyOf(SessionAction action) => All.Single(item => item.Action == action).Key;

    /// <summary>Why not, and what to do instead; null: it can be tried.</summary>
    /// <param name="session">The selected one.</param>
    /// <param name="me">Null: not known yet.</param>
    public static string? WhyNot(SessionAction action, SessionSummary? session, AccountSummary? me) => action switch
    {
        SessionAction.Host => WhyNotHost(me),
        SessionAction.Permissions or SessionAction.Computers => null,
        _ when session is null => "Select a session first.",
        SessionAction.Invite => HostOnly(session, "invites clients") ?? NotTerminated(session, "nobody can be invited") ?? NoPlace(session) ?? (me is null ? null : WhyNotHost(me)),
        SessionAction.Close => HostOnly(session, "closes it") ?? NotTerminated(session, "there is nothing to close")
            ?? (session.State is SessionState.Closed ? $"{Named(session)} is closed. {KeyOf(SessionAction.Reopen)} re-opens it." : null),
        SessionAction.Reopen => NotTerminated(session, "it can't be opened again") ?? (session.State is SessionState.Active ? $"{Named(session)} is open. Enter shows it." : null),
        SessionAction.ReopenElsewhere => HostOnly(session, "re-opens it elsewhere") ?? WhyNot(SessionAction.Reopen, session, me),
        SessionAction.Terminate => HostOnly(session, "terminates it") ?? NotTerminated(session, "it is over already"),
        SessionAction.Delete => HostOnly(session, "deletes it")
            ?? (session.State is SessionState.Terminated ? null : $"Only a terminated session can be deleted. {KeyOf(SessionAction.Terminate)} terminates {Named(session)}."),
        SessionAction.Leave when session.Invitation is null => $"You host {Named(session)}. {KeyOf(SessionAction.Close)} closes it, {KeyOf(SessionAction.Terminate)} terminates it.",
        _ => null,
    };

    /// <summary>Somebody who may not host yet, and how they get there (rule A2).</summary>
    public static string? WhyNotHost(AccountSummary? me) => me switch
    {
        null => "The server has not answered yet.",
        { MayHost: true } => null,
        { Company: null } => "Your address belongs to no organization of this server, so you can join sessions, but not host. Ask whoever runs the server.",
        _ => $"You may not host sessions yet. {KeyOf(SessionAction.Permissions)} asks an administrator of {me.Company} for the permission.",
    };

    private static string? HostOnly(SessionSummary session, string what) => session.IsHost ? null : $"Only the host, {EntryText.Person(session.Host)}, {what}.";

    private static string? NotTerminated(SessionSummary session, string consequence) =>
        session.State is SessionState.Terminated ? $"{Named(session)} is terminated: {consequence}." : null;

    private static string? NoPlace(SessionSummary session) => session.Clients < Limits.InvitedClients
        ? null
        : $"{Named(session)} has its {Limits.InvitedClients} clients. {KeyOf(SessionAction.People)} takes an invitation back.";

    private static string Named(SessionSummary session) => $"“{VisibleText.Line(session.Name)}”";
}
