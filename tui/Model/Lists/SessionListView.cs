using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Lists;

/// <summary>How somebody looks at a list of sessions: sorted by a column, and only those that match what they typed.</summary>
/// <param name="Sort">Null: as the list comes, which is open ones first, and the newest activity first among them.</param>
internal sealed record SessionListView(SessionColumn? Sort = null, bool IsDescending = false, string Filter = "")
{
    /// <summary>What is seen of the list. Sessions that are equal in the column stay in the list's order.</summary>
    public IReadOnlyList<SessionSummary> Of(IReadOnlyList<SessionSummary> sessions, DateTimeOffset now)
    {
        var words = Filter.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var matching = sessions.Where(session => words.All(word => Matches(session, word)));
        return (Sort, IsDescending) switch
        {
            (null, false) => [.. matching],
            (null, true) => [.. matching.Reverse()],
            ({ } column, false) => [.. matching.OrderBy(session => SessionColumns.Key(column, session, now))],
            ({ } column, true) => [.. matching.OrderByDescending(session => SessionColumns.Key(column, session, now))],
        };
    }

    /// <summary>The next of these columns from left to right, and after the last one the list's own order.</summary>
    public SessionListView NextSort(IReadOnlyList<SessionColumn> columns)
    {
        var at = Sort is { } column ? columns.ToList().IndexOf(column) : -1;
        return this with { Sort = at + 1 < columns.Count ? columns[at + 1] : null, IsDescending = false };
    }

    /// <summary>By that column; when it is that already, the other way round.</summary>
    public SessionListView SortBy(SessionColumn column) => this with { Sort = column, IsDescending = Sort == column && !IsDescending };

    public SessionListView Reverse() => this with { IsDescending = !IsDescending };

    /// <summary>A column's name with the mark of how it is sorted.</summary>
    public string Header(SessionColumn column) => Sort == column ? $"{column}{(IsDescending ? "▼" : "▲")}" : $"{column}";

    private static bool Matches(SessionSummary session, string word) => new[]
    {
        session.Name, session.Description, session.Host.Name, session.Host.Company, session.Host.Email, session.Computer ?? "",
        StateText.Of(session.State), StateText.OfDebugger(session),
    }.Any(text => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
