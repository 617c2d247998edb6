using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Silo.Sessions;

/// <summary>From the log's entries to the transcript's.</summary>
internal static class TranscriptMapping
{
    public static TranscriptEntry ToWire(SessionLogEntry entry)
    {
        if (entry.Kind is SessionLogEntryKind.Output)
            return new TranscriptEntry { Sequence = entry.Sequence, At = entry.At, Kind = TranscriptEntryKind.Output, Data = entry.Body };
        var body = SessionLogEntryBody.Decode(entry.Body);
        return new TranscriptEntry
        {
            Sequence = entry.Sequence,
            At = entry.At,
            Kind = KindOf(entry.Kind),
            Author = ToUser(body.Author),
            Person = ToUser(body.Person),
            Text = entry.Kind is SessionLogEntryKind.RunStarted ? $"{body.DebuggerLocation} {body.Arguments}".TrimEnd() : body.Text,
            CommandId = body.CommandId,
            SuggestionId = body.SuggestionId,
            Run = body.Run,
            // From where somebody watches is for nobody else to know.
            Computer = entry.Kind is SessionLogEntryKind.PersonJoined ? null : body.Computer,
            Debugger = body.Debugger,
            ExitCode = body.ExitCode,
            Signal = body.Signal,
            Target = body.Target,
            Bytes = body.Bytes,
            Spool = body.Spool,
            Key = body.Key,
            Right = body.Right,
            Quit = body.Quit,
            End = body.End,
            ClientsMayReopen = body.ClientsMayReopen,
        };
    }

    private static TranscriptEntryKind KindOf(SessionLogEntryKind kind) => kind switch
    {
        SessionLogEntryKind.Output => TranscriptEntryKind.Output,
        SessionLogEntryKind.SessionCreated => TranscriptEntryKind.SessionCreated,
        SessionLogEntryKind.RunStarted => TranscriptEntryKind.RunStarted,
        SessionLogEntryKind.RunExited => TranscriptEntryKind.RunExited,
        SessionLogEntryKind.DebuggerStateChanged => TranscriptEntryKind.DebuggerStateChanged,
        SessionLogEntryKind.CommandEntered => TranscriptEntryKind.CommandEntered,
        SessionLogEntryKind.CommandStarted => TranscriptEntryKind.CommandStarted,
        SessionLogEntryKind.CommandCompleted => TranscriptEntryKind.CommandCompleted,
        SessionLogEntryKind.CommandCancelled => TranscriptEntryKind.CommandCancelled,
        SessionLogEntryKind.BreakSent => TranscriptEntryKind.BreakSent,
        SessionLogEntryKind.ClientInvited => TranscriptEntryKind.ClientInvited,
        SessionLogEntryKind.SessionClosed => TranscriptEntryKind.SessionClosed,
        SessionLogEntryKind.SessionReopened => TranscriptEntryKind.SessionReopened,
        SessionLogEntryKind.SessionTerminated => TranscriptEntryKind.SessionTerminated,
        SessionLogEntryKind.Gap => TranscriptEntryKind.Gap,
        SessionLogEntryKind.TranscriptNearlyFull => TranscriptEntryKind.TranscriptNearlyFull,
        SessionLogEntryKind.TranscriptDamaged => TranscriptEntryKind.TranscriptDamaged,
        SessionLogEntryKind.SpoolStateChanged => TranscriptEntryKind.SpoolStateChanged,
        SessionLogEntryKind.KeyPressed => TranscriptEntryKind.KeyPressed,
        SessionLogEntryKind.KeyRefused => TranscriptEntryKind.KeyRefused,
        SessionLogEntryKind.QuitHadNoEffect => TranscriptEntryKind.QuitHadNoEffect,
        SessionLogEntryKind.SessionChanged => TranscriptEntryKind.SessionChanged,
        SessionLogEntryKind.OperatorGranted => TranscriptEntryKind.OperatorGranted,
        SessionLogEntryKind.OperatorRevoked => TranscriptEntryKind.OperatorRevoked,
        SessionLogEntryKind.CommandRemovalAsked => TranscriptEntryKind.CommandRemovalAsked,
        SessionLogEntryKind.PersonJoined => TranscriptEntryKind.PersonJoined,
        SessionLogEntryKind.PersonLeft => TranscriptEntryKind.PersonLeft,
        SessionLogEntryKind.NoteAdded => TranscriptEntryKind.NoteAdded,
        SessionLogEntryKind.CommandSuggested => TranscriptEntryKind.CommandSuggested,
        SessionLogEntryKind.SuggestionDismissed => TranscriptEntryKind.SuggestionDismissed,
        SessionLogEntryKind.AccessTakenAway => TranscriptEntryKind.AccessTakenAway,
        SessionLogEntryKind.AccessGivenBack => TranscriptEntryKind.AccessGivenBack,
        SessionLogEntryKind.HostingTakenAway => TranscriptEntryKind.HostingTakenAway,
        SessionLogEntryKind.HostingGivenBack => TranscriptEntryKind.HostingGivenBack,
        SessionLogEntryKind.ClientRevoked => TranscriptEntryKind.ClientRevoked,
        SessionLogEntryKind.InvitationDeclined => TranscriptEntryKind.InvitationDeclined,
        SessionLogEntryKind.ClientLeft => TranscriptEntryKind.ClientLeft,
        SessionLogEntryKind.InvitationAccepted => TranscriptEntryKind.InvitationAccepted,
        SessionLogEntryKind.TerminationAnnounced => TranscriptEntryKind.TerminationAnnounced,
        SessionLogEntryKind.InvitationsExpired => TranscriptEntryKind.InvitationsExpired,
        SessionLogEntryKind.DeletionAsked => TranscriptEntryKind.DeletionAsked,
        _ => throw new InvalidDataException($"This server does not know entries of kind {(byte)kind}; a newer one wrote them."),
    };

    private static UserSummary? ToUser(StoredPerson? person) => person is null ? null : new UserSummary(person.Name, person.Company, person.Email);
}
