using System.Text.Json.Serialization;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>What a notice is about. Stored by name: never renamed.</summary>
internal enum SessionNoticeKind
{
    /// <summary>Its person is invited: the session comes into their list, and a mail goes to them.</summary>
    Invited,

    /// <summary>Its person is not invited any more: the session leaves their list.</summary>
    Ended,

    /// <summary>The host invited its people: a mail goes to the host.</summary>
    HostInvited,

    /// <summary>Its person's invitation is over with the session's time: the session leaves their list.</summary>
    Expired,

    /// <summary>The closed session will be terminated: a mail goes to the host.</summary>
    TerminationAnnounced,
}

/// <summary>
/// Something that the log says and that has to reach somebody outside the session. Invariant: the fold makes it from the entry alone, so
/// it is as durable as the entry; it goes when whoever it concerns has been told, and until then it is repeated. Of one person only the
/// newest counts. Stored in the snapshot: never renamed.
/// </summary>
/// <param name="Sequence">Of the (first) entry that it comes from: grows from one notice for somebody to the next.</param>
/// <param name="Request">Of the invitation; null for entries from before mail was sent, for which none is.</param>
internal sealed record SessionNotice(long Sequence, SessionNoticeKind Kind, StoredPerson[] People, DateTimeOffset At, string? Request)
{
    public bool IsSameAs(SessionNotice other) => (Sequence, Kind, Person.Id) == (other.Sequence, other.Kind, other.Person.Id);

    [JsonIgnore]
    public StoredPerson Person => People[0];

    /// <summary>When what is announced will happen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Until { get; init; }

    /// <summary>Nothing but a mail to the host; else it is about its person's invitation.</summary>
    [JsonIgnore]
    public bool IsForHost => Kind is SessionNoticeKind.HostInvited or SessionNoticeKind.TerminationAnnounced;

    public static Session OfInvitation(Session session, SessionLogEntry entry, SessionLogEntryBody body)
    {
        var told = Without(session, [body.Person!]).Append(new(entry.Sequence, SessionNoticeKind.Invited, [body.Person!], entry.At, body.Request));
        if (body.Request is null)
            return session with { Notices = [.. told] };
        var forHost = Array.Find(session.Notices, notice => notice.Kind is SessionNoticeKind.HostInvited && notice.Request == body.Request);
        var changed = forHost is null
            ? new SessionNotice(entry.Sequence, SessionNoticeKind.HostInvited, [body.Person!], entry.At, body.Request)
            : forHost with { People = [.. forHost.People, body.Person!] };
        return session with { Notices = [.. told.Where(notice => notice != forHost), changed] };
    }

    public static Session OfEnd(Session session, SessionLogEntry entry, StoredPerson[] people, SessionNoticeKind kind = SessionNoticeKind.Ended) => session with
    {
        Notices = [.. Without(session, people), .. people.Select(person => new SessionNotice(entry.Sequence, kind, [person], entry.At, null))],
    };

    private static IEnumerable<SessionNotice> Without(Session session, StoredPerson[] people) => session.Notices.Where(notice =>
        notice.IsForHost || !people.Any(person => person.Id == notice.Person.Id));
}
