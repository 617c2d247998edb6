using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Organizations;

namespace OrleansKd.Grains.Users;

/// <summary>What a reader of a user's feed is told, and what is news of the account itself. Pure.</summary>
internal static class UserFeedRules
{
    /// <summary>Bytes of a line beside its description, roughly.</summary>
    private const int LineBytes = 600;

    /// <summary>The account at the next version when the feed would say something else of it than before; else the same instance.</summary>
    /// <param name="version">The highest one that was given.</param>
    public static UserState Notice(UserState state, OrganizationOptions options, long version)
    {
        if (state.Issuer is null)
            return state;
        var account = UserRules.AccountOf(state, default, options);
        var seen = string.Create(CultureInfo.InvariantCulture,
            $"{account.Person.Name}\n{account.Person.Company}\n{account.MayHost} {account.MayJoin} {account.IsAdministrator} {account.LastDecision?.Number} {WaitingOf(state, account)}");
        return seen == state.AccountSeen ? state : state with { AccountSeen = seen, AccountVersion = version + 1 };
    }

    public static UserState ApplyWaiting(UserState state, WaitingOrder order) =>
        state.Waiting is { } known && known.Organization == order.Organization.ToString() && known.Number >= order.Number
            ? state
            : state with { Waiting = new StoredWaiting(order.Organization.ToString(), order.Number, order.Count) };

    /// <summary>How many people wait for this user's decision.</summary>
    public static int WaitingOf(UserState state, Account account) =>
        account.IsAdministrator && state.Waiting is { } waiting && waiting.Organization == account.Organization?.ToString() ? waiting.Count : 0;

    /// <summary>The administrator has never been told how many people wait for them, in this organization.</summary>
    public static bool LacksWaiting(UserState state, Account account) => account.IsAdministrator && state.Waiting?.Organization != account.Organization?.ToString();

    /// <summary>
    /// Whether a line is for its user now: in their list, theirs to see by their permissions, and of a terminated session not longer than clients
    /// see it (rules A4, F8).
    /// </summary>
    /// <param name="listed">Ids of the sessions in the user's list.</param>
    public static bool IsVisible(IReadOnlySet<string> listed, Account account, StoredLine line, DateTimeOffset now) =>
        listed.Contains(line.Session)
        && (line.IsHost ? account.MayHost || account.MayJoin : account.MayJoin && !(now >= line.TerminatedAt + Limits.TerminatedVisibleToClients));

    /// <summary>When the first of these lines is not its user's to see any more because its time is over (rule F8); null: never.</summary>
    public static DateTimeOffset? FirstHiddenAt(IEnumerable<StoredLine> lines) =>
        lines.Where(line => !line.IsHost).Min(line => line.TerminatedAt + Limits.TerminatedVisibleToClients);

    /// <summary>Whether the session may be told to be otherwise than its line says without telling: its debugger lives, as far as is known.</summary>
    public static bool MayHaveMoved(StoredLine line) =>
        line.State is not SessionState.Terminated && line.Debugger is not (DebuggerState.Exited or DebuggerState.Offline);

    /// <summary>What follows a position, in the order of versions; as much as fits a page.</summary>
    /// <param name="version">The highest version that is stored.</param>
    public static UserFeedPage Read(UserState state, Account account, IReadOnlyList<UserListPage> pages, long version, FeedPosition after, DateTimeOffset now)
    {
        var forgotten = pages.Select(page => page.ForgottenThrough).DefaultIfEmpty().Max();
        var isBeginning = after.Version <= 0 || after.Version > version || Math.Max(after.Version, after.Begun) < forgotten;
        var (from, begun) = isBeginning ? (0, version) : (after.Version, after.Begun);
        var listed = state.Sessions.ToHashSet();
        var visible = pages.SelectMany(page => page.Lines).Where(line => IsVisible(listed, account, line, now)).ToDictionary(line => line.Session);
        var lines = Fitting(visible.Values.Where(line => line.Version > from).OrderBy(line => line.Version), out var hasMore);
        var through = hasMore ? lines[^1].Version : version;
        return new UserFeedPage(
            new FeedPosition(through, hasMore ? begun : 0),
            isBeginning,
            isBeginning || state.AccountVersion > from ? account : null,
            WaitingOf(state, account),
            [.. lines.Select(line => line.ToListed())],
            isBeginning ? [] : [.. pages.SelectMany(page => page.Removed).Where(removed => removed.Version > from && removed.Version <= through && !visible.ContainsKey(removed.Session)).Select(removed => removed.Session).Distinct()],
            hasMore);
    }

    private static List<StoredLine> Fitting(IEnumerable<StoredLine> lines, out bool hasMore)
    {
        List<StoredLine> taken = [];
        var bytes = 0;
        foreach (var line in lines)
        {
            bytes += LineBytes + 3 * line.Description.Length;
            hasMore = taken.Count > 0 && (taken.Count == Limits.FeedPageItems || bytes > Limits.FeedPageBytes);
            if (hasMore)
                return taken;
            taken.Add(line);
        }
        hasMore = false;
        return taken;
    }
}
