using System.Globalization;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Tests.Server;

/// <summary>A user's feed: each change has a number, and a cursor is one.</summary>
public sealed class ScriptedFeed
{
    /// <summary>So that a refusal that a test begins meanwhile is met soon.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (SessionSummary? Session, long Version)> lines = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long version = 1;
    private AccountSummary me = new(ScriptedServer.Ann.Name, ScriptedServer.Ann.Company, ScriptedServer.Ann.Email, true, true, false);
    private long accountVersion = 1;

    /// <summary>Lines of one page.</summary>
    public int PageItems { get; set; } = 100;

    /// <summary>The last cursor that was asked with: a reader has told everything before it.</summary>
    public string? Asked
    {
        get
        {
            lock (gate)
                return field;
        }
        private set;
    }

    /// <summary>Told of each cursor that is asked with.</summary>
    public Action<string?>? OnAsked { get; set; }

    /// <summary>How often it was asked from the beginning.</summary>
    public int Beginnings { get; private set; }

    public string Newest
    {
        get
        {
            lock (gate)
                return version.ToString(CultureInfo.InvariantCulture);
        }
    }

    public SessionSummary[] Sessions
    {
        get
        {
            lock (gate)
                return [.. lines.Values.Select(line => line.Session).OfType<SessionSummary>()];
        }
    }

    public void Set(SessionSummary[] sessions)
    {
        lock (gate)
        {
            foreach (var gone in lines.Where(line => line.Value.Session is not null && !sessions.Any(session => session.Id == line.Key)).Select(line => line.Key).ToArray())
                lines[gone] = (null, ++version);
            foreach (var session in sessions.Where(session => lines.GetValueOrDefault(session.Id).Session != session))
                lines[session.Id] = (session, ++version);
            Wake();
        }
    }

    public AccountSummary Me
    {
        get => me;
        set
        {
            lock (gate)
            {
                (me, accountVersion) = (value, ++version);
                Wake();
            }
        }
    }

    public async Task<FeedPage> ReadAsync(string? after, double wait, CancellationToken cancellationToken)
    {
        OnAsked?.Invoke(after);
        Task change;
        lock (gate)
        {
            Asked = after;
            Beginnings += after is null ? 1 : 0;
            if (Page(after) is var page && (after != page.Next || wait <= 0))
                return page;
            change = changed.Task;
        }
        await Task.WhenAny(change, Task.Delay(LongestWait, cancellationToken));
        lock (gate)
            return Page(after);
    }

    private void Wake()
    {
        changed.SetResult();
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private FeedPage Page(string? after)
    {
        var from = after is null ? 0 : long.Parse(after, CultureInfo.InvariantCulture);
        var news = lines.Where(line => line.Value.Version > from && (after is not null || line.Value.Session is not null)).OrderBy(line => line.Value.Version).ToArray();
        var page = news.Take(PageItems).ToArray();
        var hasMore = page.Length < news.Length;
        return new FeedPage(
            (hasMore ? page[^1].Value.Version : version).ToString(CultureInfo.InvariantCulture),
            after is null,
            after is null || accountVersion > from ? me : null,
            [.. page.Select(line => line.Value.Session).OfType<SessionSummary>()],
            [.. page.Where(line => line.Value.Session is null).Select(line => line.Key)],
            hasMore);
    }
}
