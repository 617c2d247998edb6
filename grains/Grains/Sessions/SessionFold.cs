using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// The meaning of each entry: the session after it. Total and deterministic: an entry that does not fit the state (a command
/// that is not known) changes nothing, so that every log can be read.
/// </summary>
internal static class SessionFold
{
    /// <summary>More than people can press within the lifetime of a signal, after which a repeated request is refused anyway.</summary>
    private const int SignalsKept = 64;

    public static Session Apply(Session session, SessionLogEntry entry) => entry.Kind is SessionLogEntryKind.Output
        ? session
        : PermissionFold.ForgetStrangers(Apply(session, entry, SessionLogEntryBody.Decode(entry.Body)));

    private static Session Apply(Session session, SessionLogEntry entry, SessionLogEntryBody body) => entry.Kind switch
    {
        SessionLogEntryKind.SessionCreated => session with
        {
            Name = body.Text ?? "",
            Description = body.Description ?? "",
            Host = body.Author,
            CreatedAt = entry.At,
            State = SessionState.Active,
        },
        SessionLogEntryKind.RunStarted => session with
        {
            Run = body.Run ?? session.Run + 1,
            RunIsOver = false,
            Computer = body.Computer ?? "",
            DebuggerLocation = body.DebuggerLocation ?? "",
            Arguments = body.Arguments ?? "",
            ThroughServer = body.ThroughServer ?? false,
            DebuggerKind = body.DebuggerKind ?? "",
            WhenSpoolFull = body.WhenSpoolFull ?? SpoolFullAction.Hold,
            Spool = SpoolState.Normal,
            Debugger = DebuggerState.Starting,
            Prompt = "",
            Commands = [],
        },
        SessionLogEntryKind.RunExited => session with { RunIsOver = true, Debugger = DebuggerState.Exited, Spool = SpoolState.Normal, Prompt = "", Commands = [] },
        SessionLogEntryKind.SpoolStateChanged => session with { Spool = body.Spool ?? session.Spool },
        SessionLogEntryKind.BreakSent or SessionLogEntryKind.KeyPressed when body.SignalId is { } id =>
            session with { Signals = [.. session.Signals.TakeLast(SignalsKept - 1), id] },
        SessionLogEntryKind.DebuggerStateChanged => Change(session, body),
        SessionLogEntryKind.CommandEntered => session with
        {
            Commands = [.. session.Commands, new SessionCommand(body.CommandId!, body.Text!, body.Author!, entry.Sequence, IsRunning: false, body.IsMasked ?? false)],
        },
        SessionLogEntryKind.CommandStarted => session with
        {
            Commands = [.. session.Commands.Select(command => command.Id == body.CommandId ? command with { IsRunning = true } : command)],
        },
        SessionLogEntryKind.CommandCompleted or SessionLogEntryKind.CommandCancelled => session with
        {
            Commands = [.. session.Commands.Where(command => command.Id != body.CommandId)],
        },
        SessionLogEntryKind.ClientInvited => session.IsClient(body.Person!.Id)
            ? session
            : SessionNotice.OfInvitation(session, entry, body) with { Clients = [.. session.Clients, body.Person] },
        SessionLogEntryKind.ClientRevoked or SessionLogEntryKind.InvitationDeclined or SessionLogEntryKind.ClientLeft =>
            SessionNotice.OfEnd(session, entry, [body.Person!]) with
            {
                Clients = [.. session.Clients.Where(client => client.Id != body.Person!.Id)],
                Accepted = [.. session.Accepted.Where(id => id != body.Person!.Id)],
            },
        SessionLogEntryKind.InvitationAccepted => session with { Accepted = [.. session.Accepted, body.Person!.Id] },
        SessionLogEntryKind.SessionClosed => session with { State = SessionState.Closed },
        SessionLogEntryKind.SessionReopened => session with { State = SessionState.Active },
        SessionLogEntryKind.SessionTerminated => session with
        {
            State = SessionState.Terminated,
            TerminatedAt = entry.At,
            TerminatedBy = entry.Sequence,
            TerminatedTarget = body.Target,
        },
        // Who was invited or what waits is not certain any more: nothing is shown to, or done for, somebody whose right is not proved.
        SessionLogEntryKind.TranscriptDamaged => SessionNotice.OfEnd(session, entry, session.Clients) with { Clients = [], Accepted = [], Commands = [], DamageKnownThrough = entry.Sequence },
        SessionLogEntryKind.TranscriptNearlyFull => session with { WarnedOfLimit = body.Bytes ?? 0 },
        SessionLogEntryKind.AccessTakenAway or SessionLogEntryKind.AccessGivenBack or SessionLogEntryKind.HostingTakenAway or SessionLogEntryKind.HostingGivenBack =>
            PermissionFold.Apply(session, entry.Kind, body.Person!.Id),
        _ => session,
    };

    private static Session Change(Session session, SessionLogEntryBody body)
    {
        var state = body.Debugger ?? session.Debugger;
        return session with
        {
            Debugger = state,
            BeforeOffline = state is DebuggerState.Offline ? session.Debugger : state,
            Prompt = state is DebuggerState.Ready ? body.Text ?? session.Prompt : session.Prompt,
        };
    }
}
