using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// What becomes of a session with time (rules F7, F8), and of one that its host deletes. Pure. What people may see is not decided here but at
/// every access (<see cref="SessionRules.MayRead"/>): this is what is tidied up, some time later.
/// </summary>
internal static class RetentionRules
{
    /// <summary>Only what is terminated, and whose debugger has left its target as that was to be.</summary>
    public static Decision Delete(Session session, CallerId caller, DateTimeOffset now)
    {
        if (SessionRules.CheckHostOnly(session, caller, now, "delete a session") is { } refusal)
            return refusal;
        if (session.State is not SessionState.Terminated)
            return new Refusal(ProblemCodes.WrongState, $"'{session.Name}' is {(session.State is SessionState.Active ? "active" : "closed")}. Only a terminated session can be deleted: terminate it first.");
        if (!session.RunIsOver)
        {
            // Its agent would find no session that tells it what is to become of the target.
            return new Refusal(ProblemCodes.WrongState, $"The debugger of '{session.Name}' is still being left, or {session.Computer} is unreachable. Delete the session when its end is in the transcript; without that it goes by itself when its time is over.");
        }
        return new Decision.Record([Deletion(session.Host)]);
    }

    /// <summary>What is to be recorded now; nothing while nothing is due.</summary>
    /// <param name="handedThrough">Sequence of the newest instruction that the agent may have.</param>
    public static NewEntry[] WhatIsDue(Session session, SessionOptions options, long handedThrough, DateTimeOffset now) =>
        NextAt(session, options) is not { } due || now < due ? []
        : session.State is SessionState.Closed
            ? session.TerminationAnnouncedFor is null ? [Announcement(session, options, now)] : LifecycleRules.TerminateForgotten(session, handedThrough, now)
        : now >= DeletedAt(session, options) ? [Deletion(by: null)]
        : [new(SessionLogEntryKind.InvitationsExpired, new SessionLogEntryBody())];

    /// <summary>When <see cref="WhatIsDue"/> has something next; null: never, as the session is now.</summary>
    public static DateTimeOffset? NextAt(Session session, SessionOptions options) => session switch
    {
        { IsDeleted: true } or { Host: null } => null,
        // A date that was announced is kept; more time that an operator gives counts for these sessions, too.
        { State: SessionState.Closed, TerminationAnnouncedFor: { } announced } => Later(announced, TouchedAt(session) + options.TerminateClosedAfter),
        { State: SessionState.Closed } => TouchedAt(session) + options.AnnounceClosedAfter,
        { State: SessionState.Terminated, Clients.Length: > 0 } => Earlier(SessionRules.VisibleToClientsUntil(session), DeletedAt(session, options)),
        { State: SessionState.Terminated } => DeletedAt(session, options),
        _ => null,
    };

    private static DateTimeOffset TouchedAt(Session session) => session.TouchedAt ?? session.CreatedAt;

    private static DateTimeOffset? DeletedAt(Session session, SessionOptions options) => session.TerminatedAt + options.DeleteTerminatedAfter;

    /// <summary>However late it is told, the host has the whole time between announcement and end.</summary>
    private static NewEntry Announcement(Session session, SessionOptions options, DateTimeOffset now)
    {
        var until = Later(TouchedAt(session) + options.TerminateClosedAfter, now + (options.TerminateClosedAfter - options.AnnounceClosedAfter));
        return new(SessionLogEntryKind.TerminationAnnounced, new SessionLogEntryBody
        {
            Until = until,
            Text = string.Create(CultureInfo.InvariantCulture, $"This session is closed and nobody has used it since {TouchedAt(session).UtcDateTime:yyyy-MM-dd}. It will be terminated on {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC; re-open it to keep it"),
        });
    }

    private static NewEntry Deletion(StoredPerson? by) => new(SessionLogEntryKind.DeletionAsked, new SessionLogEntryBody { Author = by });

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one < other ? one : other;
}
