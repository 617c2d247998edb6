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

    /// <summary>Each is a re-open without its old agent; agents that come back after more than this many are told that the run is over.</summary>
    private const int GivenUpRunsKept = 32;

    public static Session Apply(Session session, SessionLogEntry entry) => entry.Kind is SessionLogEntryKind.Output
        ? session
        : PermissionFold.ForgetStrangers(ApplyNamed(session, entry, SessionLogEntryBody.Decode(entry.Body)));

    private static Session ApplyNamed(Session session, SessionLogEntry entry, SessionLogEntryBody body) =>
        NamedRequest.Fold(RetentionFold.Apply(Apply(session, entry, body), entry, body), entry, body);

    private static Session Apply(Session session, SessionLogEntry entry, SessionLogEntryBody body) => entry.Kind switch
    {
        SessionLogEntryKind.SessionCreated => session with
        {
            Name = body.Text ?? "",
            Description = body.Description ?? "",
            Host = body.Author,
            CreatedAt = entry.At,
            State = SessionState.Active,
            ClientsMayReopen = body.ClientsMayReopen ?? true,
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
            EndAskedBy = 0,
            EndTarget = null,
            CancelWaitingBy = 0,
            Ended = null,
            Quit = null,
        },
        SessionLogEntryKind.RunExited => session with
        {
            RunIsOver = true,
            Debugger = DebuggerState.Exited,
            Spool = SpoolState.Normal,
            Prompt = "",
            Commands = [],
            Ended = new EndedRun(body.End ?? RunEnd.Exited, body.Signal, body.Text, body.Target),
            GivenUpRuns = body.End is RunEnd.GivenUp ? [.. session.GivenUpRuns.TakeLast(GivenUpRunsKept - 1), session.Run] : session.GivenUpRuns,
        },
        SessionLogEntryKind.SpoolStateChanged => session with { Spool = body.Spool ?? session.Spool },
        SessionLogEntryKind.BreakSent or SessionLogEntryKind.KeyPressed when body.SignalId is { } id =>
            session with
            {
                Signals = [.. session.Signals.TakeLast(SignalsKept - 1), id],
                Quit = body is { Quit: { } key, Author: { } author } ? new QuitIntent(key, author, null, entry.At) : session.Quit,
            },
        SessionLogEntryKind.KeyRefused when body.Key is not null && session.Quit is { CommandId: null } => session with { Quit = null },
        SessionLogEntryKind.QuitHadNoEffect => session with { Quit = null },
        SessionLogEntryKind.SessionChanged => session with { ClientsMayReopen = body.ClientsMayReopen ?? session.ClientsMayReopen },
        SessionLogEntryKind.DebuggerStateChanged => Change(session, body),
        SessionLogEntryKind.CommandEntered => WithoutSuggestion(session, body) with
        {
            Commands = [.. session.Commands, new SessionCommand(body.CommandId!, body.Text!, body.Author!, entry.Sequence, IsRunning: false, body.IsMasked ?? false, body.Quit, body.Right is OperatorRight.Inspect)],
        },
        SessionLogEntryKind.CommandStarted => session with
        {
            Commands = [.. session.Commands.Select(command => command.Id == body.CommandId ? command with { IsRunning = true } : command)],
            Quit = session.Commands.FirstOrDefault(command => command.Id == body.CommandId) is { Quit: { } word } quit ? new QuitIntent(word, quit.Author, quit.Id, null) : session.Quit,
        },
        SessionLogEntryKind.CommandCompleted when session.Quit is { CompletedAt: null } quit && quit.CommandId == body.CommandId => session with
        {
            Commands = [.. session.Commands.Where(command => command.Id != body.CommandId)],
            Quit = quit with { CompletedAt = entry.At },
        },
        SessionLogEntryKind.CommandCompleted or SessionLogEntryKind.CommandCancelled => session with
        {
            Commands = [.. session.Commands.Where(command => command.Id != body.CommandId)],
        },
        SessionLogEntryKind.OperatorGranted or SessionLogEntryKind.OperatorRevoked => OperatorRules.Fold(session, body),
        SessionLogEntryKind.CommandRemovalAsked => session with
        {
            Commands = [.. session.Commands.Select(command => command.Id == body.CommandId ? command with { RemovalAskedBy = entry.Sequence, RemovalReason = body.Text } : command)],
        },
        SessionLogEntryKind.ClientInvited => session.IsClient(body.Person!.Id)
            ? session
            : SessionNotice.OfInvitation(session, entry, body) with
            {
                Clients = [.. session.Clients, body.Person],
                EverInvited = session.EverInvited.Contains(body.Person.Id) ? session.EverInvited : [.. session.EverInvited, body.Person.Id],
            },
        SessionLogEntryKind.ClientRevoked or SessionLogEntryKind.InvitationDeclined or SessionLogEntryKind.ClientLeft =>
            SessionNotice.OfEnd(session, entry, [body.Person!]) with
            {
                Clients = [.. session.Clients.Where(client => client.Id != body.Person!.Id)],
                Accepted = [.. session.Accepted.Where(id => id != body.Person!.Id)],
                Operators = [.. session.Operators.Where(client => client.Id != body.Person!.Id)],
                Joined = [.. session.Joined.Where(person => person.Id != body.Person!.Id)],
            },
        SessionLogEntryKind.InvitationAccepted => session with { Accepted = [.. session.Accepted, body.Person!.Id] },
        SessionLogEntryKind.SessionClosed when session.ThroughServer => AskToEnd(session with { State = SessionState.Closed }, entry, body),
        SessionLogEntryKind.SessionClosed => session with { State = SessionState.Closed, CancelWaitingBy = entry.Sequence },
        SessionLogEntryKind.SessionReopened => session with { State = SessionState.Active },
        SessionLogEntryKind.SessionTerminated => AskToEnd(session with { State = SessionState.Terminated, TerminatedAt = entry.At, Suggestions = [] }, entry, body),
        SessionLogEntryKind.TerminationAnnounced => RetentionFold.Announced(session, entry, body),
        SessionLogEntryKind.InvitationsExpired => RetentionFold.Expired(session, entry),
        SessionLogEntryKind.DeletionAsked => session with { IsDeleted = true },
        // Who was invited or what waits is not certain any more: nothing is shown to, or done for, somebody whose right is not proved.
        SessionLogEntryKind.TranscriptDamaged => SessionNotice.OfEnd(session, entry, session.Clients) with
        {
            Clients = [],
            Accepted = [],
            Operators = [],
            Commands = [],
            Suggestions = [.. session.Suggestions.Where(suggestion => session.IsHost(suggestion.Author.Id))],
            DamageKnownThrough = entry.Sequence,
        },
        SessionLogEntryKind.CommandSuggested => session with { Suggestions = [.. session.Suggestions, new SessionSuggestion(body.SuggestionId!, body.Text!, body.Author!)] },
        SessionLogEntryKind.SuggestionDismissed => WithoutSuggestion(session, body),
        SessionLogEntryKind.PersonJoined => session with
        {
            Joined = [.. session.Joined.Where(person => person.Id != body.Person!.Id), new JoinedPerson(body.Person!.Id, body.Place ?? "", body.Computer ?? "")],
        },
        SessionLogEntryKind.PersonLeft => session with { Joined = [.. session.Joined.Where(person => person.Id != body.Person!.Id)] },
        SessionLogEntryKind.TranscriptNearlyFull => session with { WarnedOfLimit = body.Bytes ?? 0 },
        SessionLogEntryKind.AccessTakenAway or SessionLogEntryKind.AccessGivenBack or SessionLogEntryKind.HostingTakenAway or SessionLogEntryKind.HostingGivenBack =>
            PermissionFold.Apply(session, entry.Kind, body.Person!.Id),
        _ => session,
    };

    /// <summary>What was chosen at closing holds when the later termination says nothing else.</summary>
    private static Session AskToEnd(Session session, SessionLogEntry entry, SessionLogEntryBody body) => session.RunIsOver
        ? session
        : session with { EndAskedBy = entry.Sequence, EndTarget = body.Target ?? session.EndTarget };

    private static Session WithoutSuggestion(Session session, SessionLogEntryBody body) => body.SuggestionId is { } id
        ? session with { Suggestions = [.. session.Suggestions.Where(suggestion => suggestion.Id != id)] }
        : session;

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
