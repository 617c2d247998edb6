using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;
using static OrleansKd.Grains.Tests.Organizations.OrganizationStage;

namespace OrleansKd.Grains.Tests.Users;

/// <summary>A user's list, read from the account's own rows; and what the account does while these can't be stored.</summary>
public sealed class UserListTests
{
    [Fact]
    public async Task ReadList_WhenWalkedInPages_HasEachSessionOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (ids, ann) = await HostAsync(cluster, 5);
        var user = cluster.Grains.User(ann.Id);
        List<string> walked = [];
        for (SessionListPage? page = null; page is not { HasMore: false };)
        {
            page = await user.ReadList(walked.Count == 0 ? null : new SessionRef(walked[^1]), 2);
            Assert.InRange(page.Sessions.Length, 1, 2);
            walked.AddRange(page.Sessions.Select(session => session.Id.Id));
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), walked);
    }

    /// <summary>After a start the list is there before any session is: sessions that rest are not even asked.</summary>
    [Fact]
    public async Task ReadList_WhenNothingIsActive_WakesNoSessionThatRests()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await session.Terminate(ann.Id, TargetFate.LetRun);
        await agent.SendAsync(session, agent.Report(AgentChunkKind.RunExited, new AgentReport { End = RunEnd.Left, ExitCode = 0 }));
        await Until(async () => (await cluster.Grains.User(ann.Id).ReadList(null, 10)).Sessions.Single().Debugger is DebuggerState.Exited);
        await cluster.CollectAsync();

        var page = await cluster.Grains.User(ann.Id).ReadList(null, 10);

        Assert.Equal((id.ToString(), SessionState.Terminated), (page.Sessions.Single().Id.Id, page.Sessions.Single().State));
        Assert.Null(await cluster.OwnerOf(session));
    }

    [Fact]
    public async Task ReadList_OfAnAccountFromBeforeThereWereLines_IsWholeAtTheFirstAnswer()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (ids, ann) = await HostAsync(cluster, 5);
        await cluster.CollectAsync();
        cluster.Stored.Forget("list0");

        var page = await cluster.Grains.User(ann.Id).ReadList(null, 10);

        Assert.Equal(ids.Order(StringComparer.Ordinal), page.Sessions.Select(session => session.Id.Id));
    }

    /// <summary>A Break proves its caller with a sign-in (rule E4: it waits for nothing).</summary>
    [Fact]
    public async Task SignIn_WhileTheListIsBeingStored_DoesNotWait()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        var (writing, goesOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Stored.BeforeWrite = (name, _) => name is "list0" && writing.TrySetResult() ? goesOn.Task : Task.CompletedTask;
        var closing = session.Close(ann.Id);
        await writing.Task.WaitAsync(TestContext.Current.CancellationToken);

        await cluster.SignIn(ann.Email, "Ann Host");
        var before = await cluster.Grains.User(ann.Id).ReadList(null, 10);
        goesOn.SetResult();

        Assert.Null((await closing).Refusal);
        Assert.Equal(SessionState.Active, before.Sessions.Single().State);
        await Until(async () => (await cluster.Grains.User(ann.Id).ReadList(null, 10)).Sessions.Single() is { State: SessionState.Closed } line && line.Id.Id == id.ToString());
    }

    /// <summary>The storage goes away while a list is written, before or after that is done: the account answers from memory, and catches up.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SignIn_WhileStorageIsAway_AnswersAndTheListFollowsWhenItIsBack(bool isStored)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await using var anns = FeedReader.Open(cluster, ann);
        await anns.Until(reader => reader.Lines.Count == 1);
        var failed = new TaskCompletionSource();
        Task Fail(string name, GrainId grain)
        {
            if (!grain.Key.ToString()!.Contains(ann.Id.ToString(), StringComparison.Ordinal))
                return Task.CompletedTask;
            failed.TrySetResult();
            throw new IOException($"{name} can't be reached, as the test says.");
        }
        cluster.Stored.BeforeRead = Fail;
        if (isStored)
            cluster.Stored.AfterWrite = Fail;
        else
            cluster.Stored.BeforeWrite = Fail;

        Assert.Null((await session.Close(ann.Id)).Refusal);
        await failed.Task.WaitAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 10; i++)
            await cluster.SignIn(ann.Email, "Ann Host");
        Assert.Equal(SessionState.Active, anns.Lines[id.ToString()].State);
        (cluster.Stored.BeforeRead, cluster.Stored.BeforeWrite, cluster.Stored.AfterWrite) = (null, null, null);

        await anns.Until(reader => reader.Lines[id.ToString()].State is SessionState.Closed);
        Assert.Equal(1, anns.Beginnings);
    }

    private static async Task<(string[] Ids, Person Host)> HostAsync(GrainCluster cluster, int many)
    {
        List<string> ids = [];
        Person ann = null!;
        for (var i = 0; i < many; i++)
        {
            (_, var id, _, ann) = await cluster.HostSession(computer: $"lab{i}");
            ids.Add(id.ToString());
        }
        return ([.. ids], ann);
    }
}
