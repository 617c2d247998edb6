using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>Who watches, and from where (rules D2, D3).</summary>
internal static partial class SessionRules
{
    /// <summary>
    /// A client watches from one computer at a time; the host from as many as they like. Who watches a terminated session is not
    /// recorded: nothing is added to its transcript.
    /// </summary>
    public static Decision Join(Session session, ReaderJoin join, DateTimeOffset now)
    {
        var (caller, place) = (join.Reader.Caller, join.Reader.Place);
        if (!MayRead(session, caller, now))
            return Refusals.SessionNotFound;
        if (place is { Length: 0 or > Limits.PlaceIdLength })
            return Invalid($"A place needs an id of 1 to {Limits.PlaceIdLength} characters, the same for all windows on one computer.");
        if (join.Computer is { Length: > Limits.ComputerNameLength })
            return Invalid($"A computer's name has at most {Limits.ComputerNameLength} characters.");
        if (place is null || session.State is SessionState.Terminated)
            return Decision.Record.Nothing;
        var there = session.Joined.FirstOrDefault(person => person.Id == caller.ToString());
        if (there is not null && (there.Place == place || session.IsHost(there.Id)))
            return Decision.Record.Nothing;
        if (there is not null && !join.Moves)
            return Elsewhere(session, there);
        return new Decision.Record([new(SessionLogEntryKind.PersonJoined, new SessionLogEntryBody
        {
            Person = PersonOf(session, caller),
            Place = place,
            Computer = join.Computer,
        })]);
    }

    /// <summary>Why somebody who watches is to be told no more; null when they go on.</summary>
    public static Refusal? CheckReader(Session session, Reader reader, DateTimeOffset now)
    {
        var id = reader.User.ToString();
        if (!MayRead(session, reader.Caller, now))
            return Refusals.SessionNotFound;
        if (reader.Place is null || session.IsHost(id) || session.State is SessionState.Terminated)
            return null;
        return session.Joined.FirstOrDefault(person => person.Id == id) is { } there && there.Place != reader.Place ? Elsewhere(session, there) : null;
    }

    /// <summary>The windows of these people have been gone for a minute.</summary>
    public static NewEntry[] AfterGone(Session session, Func<UserId, bool> isGone) => session.State is SessionState.Terminated
        ? []
        : [.. session.Joined.Select(joined => UserId.FromKey(joined.Id)).Where(isGone).Select(person => new NewEntry(SessionLogEntryKind.PersonLeft, new SessionLogEntryBody
        {
            // Somebody whose invitation has ended is not among the session's people any more.
            Person = PersonOf(session, person) ?? new StoredPerson(person.ToString(), "", "", ""),
        }))];

    private static Refusal Elsewhere(Session session, JoinedPerson there) => new(ProblemCodes.JoinedElsewhere,
        $"You watch '{session.Name}' from {(there.Computer.Length == 0 ? "another computer" : VisibleText.From(there.Computer))} now. Join again to take it back to this one.");
}
