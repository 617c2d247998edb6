using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;

namespace OrleansKd.Grains.Users;

/// <summary>
/// How a user's list changes. Invariant: what changes gets a version of its own, higher than all before, and one write holds consecutive ones;
/// so a reader who has seen a version has seen all below it. Pure.
/// </summary>
internal static class UserListRules
{
    /// <summary>Without descriptions a line takes some 700 bytes, 5 KB when every name in it is as long and as strange as it may be.</summary>
    public const int LinesOfPage = 64;

    /// <summary>
    /// Characters of all descriptions of a page. One takes up to 7 bytes, as JSON that is stored as a string of JSON: with the lines that is
    /// less than the 960 KB of a stored row.
    /// </summary>
    public const int DescriptionsOfPage = 64 * 1024;

    /// <summary>More than one page of lines, so that a reader hears of all of them going at once.</summary>
    public const int RemovedKept = 2 * LinesOfPage;

    /// <summary>
    /// One stored row with as many of these changes as belong into it. The page is the same instance when nothing has to be written.
    /// </summary>
    /// <param name="pending">The line as it is now, by session; null: it goes.</param>
    /// <param name="version">The highest one that was given.</param>
    /// <returns>The page's number, which may be that of a new one; the page; and the sessions that are done with it.</returns>
    public static (int Index, UserListPage Page, string[] Done) Change(IReadOnlyList<UserListPage> pages, IReadOnlyDictionary<string, ListedSession?> pending, long version)
    {
        var index = TargetOf(pages, pending.First());
        var page = index < pages.Count ? pages[index] : UserListPage.Empty;
        List<string> done = [];
        foreach (var (session, line) in pending)
        {
            var at = PageWith(pages, session);
            if (at is null && line is null)
            {
                done.Add(session);
                continue;
            }
            if (at is null ? !HasRoom(page, line!) : at != index)
                continue;
            page = line is null ? Remove(page, session, version + 1) : Put(page, line, version + 1);
            version = Math.Max(version, page.Version);
            done.Add(session);
        }
        return (index, page, [.. done]);
    }

    private static UserListPage Put(UserListPage page, ListedSession session, long version)
    {
        var line = StoredLine.Of(session, version);
        var known = LineOf(page, line.Session);
        if (known is not null && (line.Sequence < known.Sequence || IsSame(known, line)))
            return page;
        return page with
        {
            Version = version,
            Lines = known is null ? [.. page.Lines, line] : [.. page.Lines.Select(other => other == known ? line : other)],
            Removed = [.. page.Removed.Where(removed => removed.Session != line.Session)],
        };
    }

    private static UserListPage Remove(UserListPage page, string session, long version)
    {
        RemovedLine[] removed = [.. page.Removed, new(session, version)];
        var forgotten = removed.Length > RemovedKept ? removed[..^RemovedKept] : [];
        return page with
        {
            Version = version,
            Lines = [.. page.Lines.Where(line => line.Session != session)],
            Removed = removed[forgotten.Length..],
            ForgottenThrough = forgotten.Length > 0 ? forgotten[^1].Version : page.ForgottenThrough,
        };
    }

    /// <summary>Entries that change nothing people see make no news, nor does a little activity.</summary>
    private static bool IsSame(StoredLine known, StoredLine line) =>
        line with { Version = known.Version, Sequence = known.Sequence, LastActivityAt = known.LastActivityAt } == known
        && line.LastActivityAt - known.LastActivityAt < ListingLine.ActivityStep;

    private static int TargetOf(IReadOnlyList<UserListPage> pages, KeyValuePair<string, ListedSession?> change)
    {
        if (PageWith(pages, change.Key) is { } known)
            return known;
        for (var index = 0; index < pages.Count; index++)
        {
            if (change.Value is null || HasRoom(pages[index], change.Value))
                return index;
        }
        return pages.Count;
    }

    private static bool HasRoom(UserListPage page, ListedSession line) =>
        page.Lines.Length < LinesOfPage && page.Lines.Sum(other => other.Description.Length) + line.Description.Length <= DescriptionsOfPage;

    private static int? PageWith(IReadOnlyList<UserListPage> pages, string session)
    {
        for (var index = 0; index < pages.Count; index++)
        {
            if (LineOf(pages[index], session) is not null)
                return index;
        }
        return null;
    }

    private static StoredLine? LineOf(UserListPage page, string session) => Array.Find(page.Lines, line => line.Session == session);
}
