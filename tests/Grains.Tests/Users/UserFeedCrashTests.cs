using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using OrleansKd.Grains.Tests.Cluster;
using OrleansKd.Grains.Tests.Sessions;
using static OrleansKd.Grains.Tests.Organizations.OrganizationStage;

namespace OrleansKd.Grains.Tests.Users;

/// <summary>Whatever dies while lists change: in the end every open client shows what is, and so does one that was cut off meanwhile.</summary>
public sealed class UserFeedCrashTests
{
    [Theory]
    [InlineData("list0", false)]
    [InlineData("list0", true)]
    [InlineData("user", false)]
    [InlineData("user", true)]
    [InlineData("invitation", false)]
    [InlineData("snapshot", true)]
    [InlineData("sessionLog", false)]
    [InlineData("sessionLog", true)]
    public async Task Feed_WhenAStepFails_ShowsWhatIs(string step, bool isStored)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await using var anns = FeedReader.Open(cluster, ann);
        await using var bobs = FeedReader.Open(cluster, bob);
        await anns.Until(reader => reader.Lines.Count == 1);
        var failures = 0;
        Task Fail(string what) => what == step && Interlocked.Increment(ref failures) <= 2 ? throw new IOException($"{step} fails as the test says.") : Task.CompletedTask;
        if (isStored)
            (cluster.Stored.AfterWrite, cluster.Log.AfterAppend) = ((name, _) => Fail(name), (_, _) => Fail("sessionLog"));
        else
            (cluster.Stored.BeforeWrite, cluster.Log.BeforeAppend) = ((name, _) => Fail(name), (_, _) => Fail("sessionLog"));

        await UntilDone(() => session.Invite(ann.Id, [bob]));
        await bobs.Until(reader => reader.Lines.Count == 1);
        await UntilDone(() => session.Close(ann.Id));
        await bobs.Until(reader => reader.Lines.Values.Single().State is SessionState.Closed);
        await UntilDone(() => session.Terminate(ann.Id, TargetFate.LetRun));

        await bobs.Until(reader => reader.Lines.Values.Single().State is SessionState.Terminated);
        await anns.Until(reader => reader.Lines.Values.Single() is { State: SessionState.Terminated, Clients: 1 });
        await using var late = FeedReader.Open(cluster, bob);
        await late.Until(reader => reader.Lines.GetValueOrDefault(id.ToString()) is { State: SessionState.Terminated });
    }

    /// <summary>The session's server dies between the entry and everything that follows from it, and nobody asks for the session any more.</summary>
    [Fact]
    public async Task Feed_WhenTheSessionDiesBeforeItTells_IsToldByTheReminder()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var cluster = await GrainCluster.StartAsync(reminderTime: time);
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await using var anns = FeedReader.Open(cluster, ann);
        await anns.Until(reader => reader.Lines.Count == 1);
        await session.Close(ann.Id);
        await anns.Until(reader => reader.Lines.Values.Single().State is SessionState.Closed);
        // Durable, and its writer never hears of it.
        cluster.Log.AfterAppend = (_, _) => throw new IOException("The server dies here.");

        Assert.Equal(ProblemCodes.Unavailable, (await session.Terminate(ann.Id, TargetFate.LetRun)).Refusal?.Code);
        cluster.Log.AfterAppend = null;

        await anns.Until(reader =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return reader.Lines[id.ToString()].State is SessionState.Terminated;
        });
    }

    /// <summary>Closed, opened again and closed: the snapshot says that lists know it as closed, but they were told that it is open.</summary>
    [Fact]
    public async Task Feed_WhenTheSessionDiesAndIsAgainWhatItsSnapshotSays_IsToldAll()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await using var anns = FeedReader.Open(cluster, ann);
        await session.Close(ann.Id);
        await anns.Until(reader => reader.Lines.GetValueOrDefault(id.ToString()) is { State: SessionState.Closed });
        await Until(async () => await ListedAsync(cluster, session) is { } listed && listed.Contains("\"State\":1", StringComparison.Ordinal));
        await session.Reopen(ann.Id);
        await anns.Until(reader => reader.Lines[id.ToString()].State is SessionState.Active);
        cluster.Log.AfterAppend = (_, _) => throw new IOException("The server dies here.");
        Assert.Equal(ProblemCodes.Unavailable, (await session.Close(ann.Id)).Refusal?.Code);
        cluster.Log.AfterAppend = null;

        Assert.Equal(SessionState.Closed, (await session.View(ann.Id)).Value!.State);

        // At once: not only when something else of it changes, as its agent's silence would.
        Assert.InRange(await anns.Until(reader => reader.Lines[id.ToString()].State is SessionState.Closed), TimeSpan.Zero, Limits.AgentUnreachable / 2);
    }

    private static async Task<string?> ListedAsync(GrainCluster cluster, IGrain session)
    {
        var state = new GrainState<SessionSnapshot>();
        await cluster.Silos.Silos[0].ServiceProvider.GetRequiredKeyedService<IGrainStorage>("OrleansKd").ReadStateAsync("snapshot", session.GetGrainId(), state);
        return state.State?.ListedLine;
    }

    [Fact]
    public async Task Feed_WhenAReaderWasCutOff_GoesOnWhereItWas()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var ann = await cluster.SignIn("ann@contoso.example", "Ann Host");
        var (first, firstId, _, _) = await cluster.HostSession(computer: "one");
        var (_, secondId, _, _) = await cluster.HostSession(computer: "two");
        var identity = FeedReader.IdentityOf(ann.Email);
        var user = cluster.Grains.User(ann.Id);
        var before = (await user.ReadFeed(new FeedCursor(identity, default, TimeSpan.Zero))).Value!;
        Assert.Equal(2, before.Sessions.Length);

        await first.Close(ann.Id);
        await cluster.CollectAsync();
        var after = (await user.ReadFeed(new FeedCursor(identity, before.Next, TimeSpan.Zero))).Value!;

        Assert.False(after.IsBeginning);
        Assert.Equal([(firstId.ToString(), SessionState.Closed)], after.Sessions.Select(line => (line.Id.Id, line.State)));
        Assert.True((await user.ReadFeed(new FeedCursor(identity, after.Next, TimeSpan.Zero))).Value!.IsEmpty);
        Assert.Equal([firstId.ToString(), secondId.ToString()], before.Sessions.Select(line => line.Id.Id));
    }

    /// <summary>Accounts and sessions that are stored from before there were feeds: their lists come, too.</summary>
    [Fact]
    public async Task Feed_OfAnAccountFromBeforeThereWereFeeds_IsWhole()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (_, id, _, ann) = await cluster.HostSession();
        await cluster.CollectAsync();
        cluster.Stored.Forget("list0");

        await using var anns = FeedReader.Open(cluster, ann);

        await anns.Until(reader => reader.Lines.ContainsKey(id.ToString()));
    }

    [Fact]
    public async Task Feed_WhenManySessionsChangeAtOnce_LosesNothingAndWritesFewRows()
    {
        const int many = 150;
        await using var cluster = await GrainCluster.StartAsync(silos: 2);
        var sessions = new List<(ISessionGrain Session, SessionId Id)>();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await using var bobs = FeedReader.Open(cluster, bob);
        Person ann = null!;
        for (var i = 0; i < many; i++)
        {
            (var session, var id, _, ann) = await cluster.HostSession(computer: $"lab{i}");
            sessions.Add((session, id));
        }
        await using var anns = FeedReader.Open(cluster, ann);
        await anns.Until(reader => reader.Lines.Count == many);

        await Task.WhenAll(sessions.Select(async (item, i) =>
        {
            Assert.Null((await item.Session.Invite(ann.Id, [bob])).Refusal);
            await item.Session.Close(ann.Id);
            if (i % 2 == 0)
                await item.Session.Reopen(ann.Id);
            if (i % 3 == 0)
                await item.Session.Revoke(ann.Id, bob.Email);
            if (i % 5 == 0)
                await item.Session.Terminate(ann.Id, TargetFate.LetRun);
        }));

        await anns.Until(reader => sessions.Select((item, i) => (item, i)).All(one => IsSo(reader, one.item.Id, one.i)));
        await bobs.Until(reader => reader.Lines.Count == sessions.Where((_, i) => i % 3 != 0).Count()
            && sessions.Select((item, i) => (item, i)).Where(one => one.i % 3 != 0).All(one => IsSo(reader, one.item.Id, one.i)));
        Assert.Equal((1, 1), (anns.Beginnings, bobs.Beginnings));
        // One that comes now has the same.
        await using var late = FeedReader.Open(cluster, bob);
        await late.Until(reader => reader.Lines.Count == bobs.Lines.Count);
        Assert.Equal(bobs.Lines.OrderBy(line => line.Key).Select(line => line.Value), late.Lines.OrderBy(line => line.Key).Select(line => line.Value));

        static bool IsSo(FeedReader reader, SessionId id, int i) => reader.Lines.GetValueOrDefault(id.ToString())?.State
            == (i % 5 == 0 ? SessionState.Terminated : i % 2 == 0 ? SessionState.Active : SessionState.Closed);
    }

    /// <summary>A real silo of two dies between the entry and everything that follows from it; only the session's reminder comes.</summary>
    [Fact]
    public async Task Feed_WhenTheSiloOfTheSessionIsKilledRightAfterTheEntry_IsToldByTheOther()
    {
        await using var cluster = await GrainCluster.StartAsync(silos: 2);
        var ann = await cluster.SignIn("ann@contoso.example", "Ann Host");
        var account = await cluster.OwnerOf(cluster.Grains.User(ann.Id));
        var (session, id, agent, _) = await cluster.HostSession();
        for (var i = 0; (await cluster.OwnerOf(session))!.Equals(account); i++)
            (session, id, agent, _) = await cluster.HostSession(computer: $"other{i}");
        await agent.AttachAsync(session);
        await using var anns = FeedReader.Open(cluster, ann);
        await anns.Until(reader => reader.Lines.ContainsKey(id.ToString()));
        var owner = await cluster.OwnerOf(session);
        var isRecorded = new TaskCompletionSource();
        var isDead = new TaskCompletionSource();
        cluster.Log.AfterAppend = (_, entries) =>
        {
            if (!entries.Any(entry => entry.Kind is SessionLogEntryKind.SessionTerminated))
                return Task.CompletedTask;
            isRecorded.TrySetResult();
            return isDead.Task;
        };

        var terminating = session.Terminate(ann.Id, TargetFate.LetRun);
        await isRecorded.Task.WaitAsync(TestContext.Current.CancellationToken);
        await cluster.KillAsync(owner);

        await Until(async () =>
        {
            await AgingStage.RemindAsync(cluster, id);
            return anns.Lines[id.ToString()].State is SessionState.Terminated;
        });
        isDead.TrySetException(new IOException("It is dead."));
        Assert.NotNull(await Record.ExceptionAsync(() => terminating));
        Assert.Equal(account, await cluster.OwnerOf(cluster.Grains.User(ann.Id)));
    }

    [Fact]
    public async Task Feed_WhenTheSiloOfTheAccountIsKilled_GoesOnAtAnother()
    {
        await using var cluster = await GrainCluster.StartAsync(silos: 2);
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await using var anns = FeedReader.Open(cluster, ann);
        await anns.Until(reader => reader.Lines.Count == 1);
        var owner = await cluster.OwnerOf(cluster.Grains.User(ann.Id));

        await cluster.KillAsync(owner);
        await UntilDone(() => session.Close(ann.Id));

        await anns.Until(reader => reader.Lines.GetValueOrDefault(id.ToString()) is { State: SessionState.Closed });
        Assert.NotEqual(owner, await cluster.OwnerOf(cluster.Grains.User(ann.Id)));
    }
}
