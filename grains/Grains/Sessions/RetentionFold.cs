using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>What entries mean for a session's age: whether somebody uses it, and what was announced or done because of it.</summary>
internal static class RetentionFold
{
    public static Session Apply(Session session, SessionLogEntry entry, SessionLogEntryBody body)
    {
        if (!IsUse(session, entry.Kind, body))
            return session;
        return session with
        {
            TouchedAt = entry.At,
            TerminationAnnouncedFor = null,
            Notices = session.TerminationAnnouncedFor is null ? session.Notices : [.. session.Notices.Where(notice => notice.Kind is not SessionNoticeKind.TerminationAnnounced)],
        };
    }

    public static Session Announced(Session session, SessionLogEntry entry, SessionLogEntryBody body) => session with
    {
        TerminationAnnouncedFor = body.Until,
        Notices = [.. session.Notices, new SessionNotice(entry.Sequence, SessionNoticeKind.TerminationAnnounced, [session.Host!], entry.At, null) { Until = body.Until }],
    };

    public static Session Expired(Session session, SessionLogEntry entry) =>
        SessionNotice.OfEnd(session, entry, session.Clients, SessionNoticeKind.Expired) with { Clients = [], Accepted = [], Operators = [], Joined = [] };

    /// <summary>
    /// What its host does to a session, and what anybody does to go on with it. Looking at it is no use, because a window may be forgotten,
    /// too; nor is what a debugger, an agent or an administrator does, nor that a client leaves.
    /// </summary>
    private static bool IsUse(Session session, SessionLogEntryKind kind, SessionLogEntryBody body) => kind
        is SessionLogEntryKind.SessionCreated or SessionLogEntryKind.SessionClosed or SessionLogEntryKind.SessionReopened or SessionLogEntryKind.SessionTerminated
        or SessionLogEntryKind.CommandEntered or SessionLogEntryKind.NoteAdded or SessionLogEntryKind.CommandSuggested
        || (body.Author is { } author && session.IsHost(author.Id));
}
