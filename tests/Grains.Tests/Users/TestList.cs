using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Users;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Users;

/// <summary>A user's list as its rules change it; everything in it is the user's to see.</summary>
internal sealed class TestList
{
    public static readonly DateTimeOffset At = Now;

    public List<UserListPage> Pages { get; } = [];

    public long Version { get; private set; }

    public Dictionary<string, int> Sessions => Pages.SelectMany(page => page.Lines).ToDictionary(line => line.Session, line => line.Clients);

    public static ListedSession Line(string id, long sequence = 1) => new()
    {
        Id = new SessionRef(id),
        Sequence = sequence,
        Name = id,
        State = SessionState.Active,
        Debugger = DebuggerState.Ready,
        Host = Ann,
        IsHost = true,
        CreatedAt = At,
        LastActivityAt = At,
    };

    /// <summary>How many rows were written.</summary>
    public int Change(params ListedSession[] lines) => Apply(lines.DistinctBy(line => line.Id).ToDictionary(line => line.Id.Id, line => (ListedSession?)line));

    public int Remove(params string[] sessions) => Apply(sessions.ToDictionary(session => session, _ => (ListedSession?)null));

    public UserFeedPage Read(FeedPosition after) => UserFeedRules.Read(
        new UserState { Sessions = [.. Pages.SelectMany(page => page.Lines).Select(line => line.Session)] },
        new Account(Ann, MayHost: true, MayJoin: true, IsAdministrator: false),
        Pages, Version, after, At);

    private int Apply(Dictionary<string, ListedSession?> pending)
    {
        var writes = 0;
        while (pending.Count > 0)
        {
            var (index, page, done) = UserListRules.Change(Pages, pending, Version);
            Assert.NotEmpty(done);
            foreach (var session in done)
                pending.Remove(session);
            if (page == (index == Pages.Count ? UserListPage.Empty : Pages[index]))
                continue;
            if (index == Pages.Count)
                Pages.Add(page);
            Pages[index] = page;
            Assert.True(page.Version > Version);
            Version = page.Version;
            writes++;
        }
        return writes;
    }
}

/// <summary>Somebody who follows a <see cref="TestList"/>, page after page.</summary>
internal sealed class TestReader
{
    private FeedPosition position;

    public Dictionary<string, int> Sessions { get; } = [];

    public int Beginnings { get; private set; }

    /// <summary>Until there is no more; how many pages that took.</summary>
    public int Read(TestList list)
    {
        var pages = 1;
        for (; ReadPage(list); pages++)
            Assert.True(pages < 1_000, "The walk does not end.");
        return pages;
    }

    /// <summary>True when there is more.</summary>
    public bool ReadPage(TestList list)
    {
        var page = list.Read(position);
        if (page.IsBeginning)
        {
            Beginnings++;
            Sessions.Clear();
        }
        foreach (var session in page.Removed)
            Sessions.Remove(session);
        foreach (var line in page.Sessions)
            Sessions[line.Id.Id] = line.Clients;
        position = page.Next;
        return page.HasMore;
    }
}
