using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>How soon people's lists hear of a change.</summary>
internal enum ListingNews
{
    None,

    /// <summary>Nobody waits for it: the debugger is busy or ready again, or there was activity.</summary>
    Calm,

    /// <summary>What people look for in a list.</summary>
    Urgent,
}

/// <summary>
/// What people's lists say of a session, for all of them at once. Two that are equal make equal lines. Stored in the snapshot as text, only to
/// be compared: another version of this program may tell everybody once more, which does no harm.
/// </summary>
internal sealed record ListingLine(
    string Name, string Description, SessionState State, DebuggerState Debugger, bool? TargetIsStopped, SpoolState Spool, string Computer, DateTimeOffset? TerminatedAt, string People, bool IsDeleted)
{
    /// <summary>Activity alone is told so rarely: with thousands of quiet sessions it is what telling costs.</summary>
    public static readonly TimeSpan ActivityStep = TimeSpan.FromMinutes(10);

    public static ListingLine Of(Session session) => new(
        session.Name, session.Description, session.State, session.RunIsOver ? DebuggerState.Exited : session.Debugger, LifecycleRules.TargetIsStopped(session),
        session.Spool, session.Computer, session.TerminatedAt, PeopleOf(session), session.IsDeleted);

    /// <summary>Those who may have the session in their list: it is theirs to ask what they may see of it.</summary>
    public static IEnumerable<string> ReadersOf(Session session) => session.Clients.Select(client => client.Id).Append(session.Host!.Id).Distinct();

    public ListingNews NewsSince(ListingLine? told, TimeSpan activity)
    {
        if (told is null || WithoutPace(this) != WithoutPace(told))
            return ListingNews.Urgent;
        return this != told || activity >= ActivityStep ? ListingNews.Calm : ListingNews.None;
    }

    public override string ToString() => JsonSerializer.Serialize(this);

    /// <summary>A command makes the debugger busy and ready again; both mean that its target is stopped.</summary>
    private static ListingLine WithoutPace(ListingLine line) => line.Debugger is DebuggerState.Busy ? line with { Debugger = DebuggerState.Ready } : line;

    private static string PeopleOf(Session session) => string.Join(' ', session.Clients.Select(client => StateOf(session, client)).Append(StateOf(session, session.Host)));

    private static string StateOf(Session session, StoredPerson? person) => person is null
        ? ""
        : $"{person.Id}{(session.Accepted.Contains(person.Id) ? "+" : "")}{(session.WithoutAccess.Contains(person.Id) ? "-" : "")}";
}
