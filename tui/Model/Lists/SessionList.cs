using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Lists;

/// <summary>What the pages of a user's feed add up to. A list that comes in several pages shows when it is whole.</summary>
internal sealed class SessionList
{
    private Dictionary<string, SessionSummary> sessions = [];
    private Dictionary<string, SessionSummary>? arriving;

    public IReadOnlyCollection<SessionSummary> Sessions => sessions.Values;

    public AccountSummary? Me { get; private set; }

    /// <summary>What the page made otherwise; null while there is more to come.</summary>
    public SessionListChange? Apply(FeedPage page)
    {
        var next = page.IsBeginning ? [] : arriving ?? new(sessions);
        foreach (var session in page.Removed)
            next.Remove(session);
        foreach (var session in page.Sessions)
            next[session.Id] = session;
        Me = page.Account ?? Me;
        arriving = next;
        if (page.HasMore)
            return null;
        var change = new SessionListChange(
            [.. next.Values.Where(session => !sessions.ContainsKey(session.Id)).OrderBy(session => session.CreatedAt)],
            [.. next.Values.Where(session => sessions.TryGetValue(session.Id, out var known) && known != session)],
            [.. sessions.Values.Where(session => !next.ContainsKey(session.Id))]);
        (sessions, arriving) = (next, null);
        return change;
    }
}

internal sealed record SessionListChange(SessionSummary[] Added, SessionSummary[] Changed, SessionSummary[] Removed);
