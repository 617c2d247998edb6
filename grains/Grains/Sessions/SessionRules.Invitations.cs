using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>Who is invited (rules C1 to C5).</summary>
internal static partial class SessionRules
{
    /// <param name="request">New for each request: its invitations are told to the host in one mail.</param>
    public static Decision Invite(Session session, CallerId caller, Person[] people, string request, DateTimeOffset now)
    {
        if (CheckHostOnly(session, caller, now, "invite clients") is { } refusal)
            return refusal;
        if (session.State is SessionState.Terminated)
            return Terminated(session);
        var added = people.DistinctBy(person => person.Id).Where(person => !session.IsClient(person.Id.ToString())).ToArray();
        var free = Limits.InvitedClients - session.Clients.Length;
        if (added.Length > free)
            return new Refusal(ProblemCodes.LimitReached, $"A session has at most {Limits.InvitedClients} invited clients; {session.Clients.Length} are invited to '{session.Name}', {added.Length} more do not fit. Nobody was invited. To free a place, revoke an invitation.");
        if (session.EverInvited.Length + added.Count(person => !session.EverInvited.Contains(person.Id.ToString())) > Limits.PeopleEverInvited)
            return new Refusal(ProblemCodes.LimitReached, $"'{session.Name}' remembers everybody who was ever invited to it, {Limits.PeopleEverInvited} people at most. Nobody was invited. Invite people who were invited before, or host a new session.");
        // Each makes two: one for the client, one for the host.
        if (session.Notices.Length + 2 * added.Length > Limits.UntoldChanges)
            return new Refusal(ProblemCodes.Unavailable, $"The server is behind with telling people of earlier changes of '{session.Name}', so nobody was invited. Try again in a few minutes.");
        return new Decision.Record([.. added.Select(person => new NewEntry(SessionLogEntryKind.ClientInvited, new SessionLogEntryBody
        {
            Author = session.Host,
            Person = Store(person),
            Request = request,
        }))]);
    }

    /// <summary>The host takes an invitation back, also one of a terminated session, which its clients see for seven days.</summary>
    /// <param name="client">Address or id; as the caller wrote it.</param>
    public static Decision Revoke(Session session, CallerId caller, string client, DateTimeOffset now)
    {
        if (CheckHostOnly(session, caller, now, "revoke invitations") is { } refusal)
            return refusal;
        var id = UserId.FromEmail(client).ToString();
        return Array.Find(session.Clients, known => known.Id == id || known.Id == client) is { } person
            ? new Decision.Record(EndInvitation(session, SessionLogEntryKind.ClientRevoked, person, session.Host, "its author is not invited any more"))
            : new Refusal(ProblemCodes.UserNotFound, $"{VisibleText.From(client)} is not invited to '{session.Name}'. 'orleanskd sessions people' shows who is.");
    }

    public static Decision Leave(Session session, CallerId caller, DateTimeOffset now)
    {
        if (!MayRead(session, caller, now))
            return Refusals.SessionNotFound;
        if (Array.Find(session.Clients, client => client.Id == caller.ToString()) is not { } person)
            return new Refusal(ProblemCodes.WrongState, $"You host '{session.Name}' and have not invited yourself to it. To end it, close or terminate it.");
        var kind = session.Accepted.Contains(person.Id) ? SessionLogEntryKind.ClientLeft : SessionLogEntryKind.InvitationDeclined;
        return new Decision.Record(EndInvitation(session, kind, person, person, "its author left the session"));
    }

    /// <summary>Somebody opens the session: for a client's first time that is their answer to the invitation.</summary>
    public static NewEntry[] AfterOpened(Session session, UserId reader) =>
        session.State is not SessionState.Terminated
        && Array.Find(session.Clients, client => client.Id == reader.ToString()) is { } person && !session.Accepted.Contains(person.Id)
            ? [new(SessionLogEntryKind.InvitationAccepted, new SessionLogEntryBody { Author = person, Person = person })]
            : [];

    /// <summary>Commands of the host are the host's, also when they had invited themselves.</summary>
    private static NewEntry[] EndInvitation(Session session, SessionLogEntryKind kind, StoredPerson person, StoredPerson? by, string reason) =>
    [
        new(kind, new SessionLogEntryBody { Author = by, Person = person }),
        .. session.IsHost(person.Id) ? [] : OperatorRules.RemoveAllOf(session, person, by, reason),
        .. session.IsHost(person.Id) ? [] : DismissAllOf(session, person, by),
    ];
}
