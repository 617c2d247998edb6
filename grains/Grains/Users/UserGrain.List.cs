using Microsoft.Extensions.Logging;
using Orleans.Storage;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Users;

/// <summary>
/// The user's list as it is stored: some rows beside the account's, each a <see cref="UserListPage"/>. Lines come from the sessions alone, each
/// asked what the user may see of it: when it says that it changed, when it comes into the list, and now and then while somebody reads. What is
/// read is what is stored: so a version that somebody was told is never given to anything else. One write at a time, of the account or of a page;
/// lines that come during a write go together into the next.
/// </summary>
internal sealed partial class UserGrain
{
    /// <summary>Sessions that are asked at once.</summary>
    private const int AskParallelism = 16;

    /// <summary>A session that tells nothing is asked again while somebody reads: it may have died in the very moment when it had to tell.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(5);

    /// <summary>After a start, who reads first has the list before hundreds of sessions are woken.</summary>
    private static readonly TimeSpan AskAfterStart = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan AskRetry = TimeSpan.FromSeconds(2);

    /// <summary>Tries in a row; after that the next reader, or the session itself, makes another one.</summary>
    private const int AskTries = 5;

    private readonly KeyedRounds asking;
    private readonly Dictionary<string, ListedSession?> unlisted = [];
    private readonly HashSet<string> askedQuietly = [];
    private List<GrainState<UserListState>> storedPages = [];
    private List<UserListPage> pages = [];

    private long loadedAt;

    // The last write of a page failed: it may be stored or not.
    private bool isListUnsure;

    // When a session's answer was stored, as far as this activation knows.
    private readonly Dictionary<string, long> answeredAt = [];

    // The highest one that is stored.
    private long version;

    public async Task<SessionListPage> ReadList(SessionRef? after, int limit, string? onlyComputer)
    {
        await NoticeAsync();
        await Task.WhenAll(Unknown().Select(asking.Want));
        var now = time.GetUtcNow();
        var (listed, account) = (user.Sessions.ToHashSet(), Account);
        var caller = new CallerId(Id, onlyComputer);
        var lines = Lines
            .Where(line => string.CompareOrdinal(line.Session, after?.Id) > 0 && UserFeedRules.IsVisible(listed, account, line, now))
            .Where(line => onlyComputer is null || (line.IsHost && caller.MayUse(line.Computer)))
            .OrderBy(line => line.Session, StringComparer.Ordinal)
            .Take(Math.Clamp(limit, 1, Limits.SessionPageItems) + 1)
            .Select(line => line.ToListed())
            .ToArray();
        return lines.Length > limit ? new SessionListPage(lines[..limit], HasMore: true) : new SessionListPage(lines, HasMore: false);
    }

    public Task SessionChanged(SessionRef session) => user.Sessions.Contains(session.Id) ? asking.Want(session.Id) : Task.CompletedTask;

    private IEnumerable<StoredLine> Lines => pages.SelectMany(page => page.Lines);

    private async Task LoadListAsync()
    {
        var reads = Enumerable.Range(0, user.ListPages).Select(async index =>
        {
            var state = new GrainState<UserListState>(new UserListState());
            await storage.ReadStateAsync(StateNameOf(index), this.GetGrainId(), state);
            return state;
        });
        var read = await Task.WhenAll(reads);
        UserListPage[] restored = [.. read.Select(state => (state.State ?? new UserListState()).Restore())];
        (storedPages, pages, isListUnsure, loadedAt) = ([.. read], [.. restored], false, time.GetTimestamp());
        version = pages.Select(page => page.Version).Append(user.AccountVersion).Max();
    }

    /// <summary>Takes lines away that are not the user's to see any more: so a reader never passes a change of a line that is only hidden.</summary>
    private async Task HideAsync()
    {
        var now = time.GetUtcNow();
        var (listed, account) = (user.Sessions.ToHashSet(), Account);
        StoredLine[] hidden = [.. Lines.Where(line => !UserFeedRules.IsVisible(listed, account, line, now))];
        if (hidden.Length == 0)
            return;
        foreach (var line in hidden)
            unlisted[line.Session] = null;
        await StoreListAsync();
    }

    /// <summary>
    /// Sessions in the list of which this activation knows nothing: none in an account whose sessions have all answered once, all of them in one
    /// from before there were lines. A list is whole, or it is not answered.
    /// </summary>
    private string[] Unknown()
    {
        if (Account is { MayHost: false, MayJoin: false })
            return [];
        var known = Lines.Select(line => line.Session).ToHashSet();
        return [.. user.Sessions.Where(session => !known.Contains(session) && !answeredAt.ContainsKey(session))];
    }

    /// <summary>Asks, beside everything else, sessions without a line and those that may have moved without telling. At the next read what was too early at this one.</summary>
    private void AskWhatMayHaveMoved()
    {
        var lines = Lines.ToDictionary(line => line.Session);
        foreach (var session in user.Sessions.Where(session => IsToAsk(session, lines.GetValueOrDefault(session))).ToArray())
            _ = AskQuietlyAsync(session);
    }

    private bool IsToAsk(string session, StoredLine? line) => !answeredAt.TryGetValue(session, out var at)
        ? line is null || (UserFeedRules.MayHaveMoved(line) && time.GetElapsedTime(loadedAt) >= AskAfterStart)
        : line is not null && UserFeedRules.MayHaveMoved(line) && time.GetElapsedTime(at) >= AskAgainAfter;

    private async Task AskQuietlyAsync(string session)
    {
        if (!askedQuietly.Add(session))
            return;
        for (var tries = 1; tries <= AskTries && !closing.Task.IsCompleted; tries++)
        {
            try
            {
                await asking.Want(session);
                break;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogNotAsked(exception, Id, session);
            }
            await Task.WhenAny(Task.Delay(AskRetry, time, CancellationToken.None), closing.Task);
        }
        askedQuietly.Remove(session);
    }

    private async Task AskAsync(string session)
    {
        unlisted[session] = await GrainFactory.Session(new SessionRef(session).ToSessionId()).ViewListed(Id);
        await StoreListAsync();
        if (user.Sessions.Contains(session))
            answeredAt[session] = time.GetTimestamp();
    }

    /// <summary>Stores what is in <see cref="unlisted"/>; when it returns, that is stored, by this call or by one before.</summary>
    private async Task StoreListAsync()
    {
        await storing.WaitAsync();
        try
        {
            if (isBroken)
                throw new InvalidOperationException("This activation lost its storage and ends. Try again.");
            if (isListUnsure)
            {
                await LoadListAsync();
                feed.All();
            }
            while (unlisted.Count > 0)
            {
                // Whatever was asked before: a line is for somebody who may see it when it is stored.
                var (listed, account, now) = (user.Sessions.ToHashSet(), Account, time.GetUtcNow());
                foreach (var line in unlisted.Values.OfType<ListedSession>().Where(line => !UserFeedRules.IsVisible(listed, account, StoredLine.Of(line, 0), now)).ToArray())
                    unlisted[line.Id.Id] = null;
                var (index, page, done) = UserListRules.Change(pages, unlisted, version);
                foreach (var session in done)
                    unlisted.Remove(session);
                var isNew = index == pages.Count;
                if (page == (isNew ? UserListPage.Empty : pages[index]))
                    continue;
                if (isNew)
                    await AddPageAsync();
                await WritePageAsync(index, page);
            }
        }
        finally
        {
            storing.Release();
        }
    }

    /// <summary>First that there is another page, then what is in it: so none is there that an activation does not read.</summary>
    private async Task AddPageAsync()
    {
        await WriteAsync(user with { ListPages = pages.Count + 1 });
        pages.Add(UserListPage.Empty);
        storedPages.Add(new GrainState<UserListState>(new UserListState()));
    }

    /// <summary>An outage ends no activation: the account answers from memory meanwhile, so that nobody's Break waits for a list (rule E4).</summary>
    private async Task WritePageAsync(int index, UserListPage page)
    {
        try
        {
            storedPages[index].State = UserListState.Of(page);
            await storage.WriteStateAsync(StateNameOf(index), this.GetGrainId(), storedPages[index]);
        }
        catch (InconsistentStateException)
        {
            // There is another activation.
            Break();
            throw;
        }
        catch
        {
            isListUnsure = true;
            throw;
        }
        pages[index] = page;
        version = page.Version;
        feed.All();
    }

    private static string StateNameOf(int page) => $"list{page}";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {User}: session {Session} could not be asked what to list of it; it is tried again.")]
    private partial void LogNotAsked(Exception exception, UserId user, string session);
}
