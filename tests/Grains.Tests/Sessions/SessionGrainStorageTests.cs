using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Sessions;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Storage that stalls, fails, or is taken over: each test has a cluster of its own.</summary>
public sealed class SessionGrainStorageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Live_WhenStorageIsHeld_StillReadsBreaksAndEndsInvitationsAtTen()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        var people = await Task.WhenAll(Enumerable.Range(1, 50).Select(i => cluster.SignIn($"client{i}@fabrikam.example")));
        var last = (await session.Read(new ReadCursor(-1, 0, -1, 1, TimeSpan.Zero))).Value!.DurableThrough;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Log.BeforeAppend = (_, _) => held.Task;

        await agent.SendAsync(session, agent.Output("seen at once"));
        var inviting = people.Select(person => session.Invite(ann.Id, [person])).ToArray();
        var page = (await session.Read(new ReadCursor(last, 1, last, 1024, TimeSpan.FromSeconds(3)))).Value!;
        Assert.Null((await session.Break(ann.Id, "now")).Refusal);
        var signals = (await agent.LaneAsync(session, waitSeconds: 3)).Signals;

        Assert.Equal("seen at once", Encoding.UTF8.GetString(Assert.Single(page.Entries).Body.Span));
        Assert.Equal(last, page.DurableThrough);
        Assert.Equal("now", Assert.Single(signals).Id);
        Assert.DoesNotContain(inviting, invitation => invitation.IsCompleted);

        held.SetResult();
        cluster.Log.BeforeAppend = null;
        Assert.Equal(10, (await Task.WhenAll(inviting)).Count(outcome => outcome.Refusal is null));
        Assert.Equal(10, (await session.View(ann.Id)).Value!.Clients.Length);
        Assert.Equal(10, (await cluster.Log.Read(id, 0, int.MaxValue, Cancellation)).Count(entry => entry.Kind is SessionLogEntryKind.ClientInvited));
    }

    [Fact]
    public async Task Append_WhenAWriteFails_TheNextActivationAsksForWhatIsMissing()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, _) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await agent.SendAsync(session, agent.Output("kept "));
        await SessionGrainTests.Durable(session, after: 2);
        cluster.Log.BeforeAppend = (_, _) => throw new InvalidOperationException("the storage is gone");

        var lost = agent.Output("lost once ");
        Assert.Null((await agent.SendAsync(session, lost)).Refusal);
        var refused = await Eventually(async () => (await session.ReadAgentLane(new AgentCursor(agent.Connection, 1, 0, 0, 1, TimeSpan.FromSeconds(1)))).Refusal);
        Assert.Equal(ProblemCodes.OutOfStep, refused.Code);
        cluster.Log.BeforeAppend = null;
        var attached = await agent.AttachAsync(session);
        await agent.SendAsync(session, agent.Output("lost once "), agent.Output("and more"));
        await SessionGrainTests.Durable(session, after: 4);

        Assert.Equal(1, attached.Accepted);
        Assert.Equal("kept lost once and more", await TextOf(cluster, id));
    }

    [Fact]
    public async Task Append_WhenTheAnswerToAWriteGotLost_RepeatsNothing()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, _) = await cluster.HostSession();
        await agent.AttachAsync(session);
        cluster.Log.AfterAppend = (_, _) => throw new InvalidOperationException("the answer is lost");

        await agent.SendAsync(session, agent.Output("once"));
        await Eventually(async () => (await session.ReadAgentLane(new AgentCursor(agent.Connection, 1, 0, 0, 1, TimeSpan.FromSeconds(1)))).Refusal);
        cluster.Log.AfterAppend = null;
        var attached = await agent.AttachAsync(session);

        Assert.Equal(1, attached.Accepted);
        Assert.Equal("once", await TextOf(cluster, id));
    }

    [Fact]
    public async Task Commit_WhenAnotherWriterTookOver_RefusesAndWritesNothing()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, _, ann) = await cluster.HostSession();
        await cluster.Log.TakeOver(id, create: false, Cancellation);

        var fenced = await session.Close(ann.Id);
        var again = await Eventually(async () => (await session.Close(ann.Id)).Refusal is null ? "closed" : null);

        Assert.Equal(ProblemCodes.Unavailable, fenced.Refusal?.Code);
        Assert.Equal("closed", again);
        Assert.Single(await cluster.Log.Read(id, 0, int.MaxValue, Cancellation), entry => entry.Kind is SessionLogEntryKind.SessionClosed);
    }

    [Fact]
    public async Task Activate_WhenTheLogHasMoreThanTheSnapshot_AppliesIt()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, _, ann) = await cluster.HostSession();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await session.Invite(ann.Id, [bob]);
        await session.Close(ann.Id);
        var before = (await session.View(ann.Id)).Value!;

        await cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Cancellation);
        var after = (await session.View(ann.Id)).Value!;

        Assert.Equal(2, (await cluster.Log.ReadHead(id, Cancellation))!.Epoch);
        Assert.Equal((SessionState.Closed, "crash", before.DurableThrough), (after.State, after.Name, after.DurableThrough));
        Assert.Equal(bob, Assert.Single(after.Clients));
    }

    [Fact]
    public async Task Close_WhenDurable_CompactsTheLogOnceAndNotAgainAfterReactivation()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, _, _, ann) = await cluster.HostSession();
        var compactions = new Compactions(cluster);

        await session.Close(ann.Id);
        await compactions.ReachedAsync(1);
        await cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Cancellation);
        await session.View(ann.Id);
        await session.Terminate(ann.Id, TargetFate.LetRun);
        await compactions.ReachedAsync(2);

        Assert.Equal(2, compactions.Count);
    }

    [Fact]
    public async Task Close_WhenTheActivationEndsDuringCompaction_TheNextOneCompacts()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, _, _, ann) = await cluster.HostSession();
        var compactions = new Compactions(cluster) { Hold = new TaskCompletionSource() };
        await session.Close(ann.Id);
        await compactions.ReachedAsync(1);

        // The end of the activation cancels it: nobody waits for a compaction.
        await cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Cancellation);
        compactions.Hold = null;
        await session.View(ann.Id);

        await compactions.ReachedAsync(2);
        Assert.Null((await session.Reopen(ann.Id)).Refusal);
    }

    [Fact]
    public async Task Append_WhenTheTranscriptIsFull_CountsOutputAndRecordsEverythingElse()
    {
        const int chunk = 16_000;
        await using var cluster = await GrainCluster.StartAsync(configure: options => options.TranscriptLimitBytes = SessionOptions.SmallestTranscriptLimitBytes);
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        var sent = 0L;
        for (var i = 0; i < 80; i++, sent += chunk)
            Assert.Null((await agent.SendAsync(session, agent.Output(new string('x', chunk)))).Refusal);

        var command = (await session.EnterCommand(ann.Id, "bt")).Value!;

        var entries = await cluster.Log.Read(id, 0, int.MaxValue, Cancellation);
        var output = entries.Where(entry => entry.Kind is SessionLogEntryKind.Output).Sum(entry => (long)entry.Body.Length);
        var gaps = entries.Where(entry => entry.Kind is SessionLogEntryKind.Gap).Select(entry => SessionLogEntryBody.Decode(entry.Body).Bytes!.Value).ToArray();
        Assert.InRange(output, 950_000, 1_000_000);
        Assert.Equal(sent, output + gaps.Sum());
        Assert.InRange(gaps.Length, 1, 3);
        Assert.Single(entries, entry => entry.Kind is SessionLogEntryKind.TranscriptNearlyFull);
        Assert.Equal(command.Sequence, entries[^1].Sequence);
        Assert.Equal((80, (1, 80L)), ((int)(await agent.LaneAsync(session)).Durable, ((await cluster.Log.ReadHead(id, Cancellation))!.Run.Run, (await cluster.Log.ReadHead(id, Cancellation))!.Run.Chunk)));
    }

    [Fact]
    public async Task Activate_WhenEntriesAreDamaged_GoesOnWithoutThemAndWithoutInvitations()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await session.Invite(ann.Id, [bob]);
        await agent.AttachAsync(session);
        await session.EnterCommand(ann.Id, "bt");
        var end = (await cluster.Log.ReadHead(id, Cancellation))!.LastSequence;
        await cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Cancellation);
        cluster.Log.Damage = (end, end);

        var view = (await session.View(ann.Id)).Value!;
        var stranger = await session.View(bob.Id);
        await SessionGrainTests.Durable(session, after: end);
        await cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Cancellation);
        var again = await session.Invite(ann.Id, [bob]);

        Assert.Equal("crash", view.Name);
        Assert.Equal(ProblemCodes.SessionNotFound, stranger.Refusal?.Code);
        Assert.Null(again.Refusal);
        // Told once, not by every activation.
        var after = await cluster.Log.Read(id, end, int.MaxValue, Cancellation);
        Assert.Equal([SessionLogEntryKind.TranscriptDamaged, SessionLogEntryKind.ClientInvited], after.Select(entry => entry.Kind));
    }

    [Fact]
    public async Task Silo_WhenItStopsGracefully_LosesNothingAndIsNotHeldUpByReaders()
    {
        await using var cluster = await GrainCluster.StartAsync(silos: 2);
        var (session, id, agent, _) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await agent.SendAsync(session, agent.Output("before the stop"));
        var reading = session.Read(new ReadCursor(1_000, 1, 1_000, 1024, TimeSpan.FromSeconds(3)));

        var owner = await cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(session, Cancellation);
        await cluster.Silos.StopSiloAsync(cluster.Silos.Silos.Single(silo => silo.SiloAddress.Equals(owner)), Cancellation);
        await reading;

        Assert.Equal("before the stop", await Eventually(async () => await TextOf(cluster, id) is { Length: > 0 } text ? text : null));
    }

    private static async Task<string> TextOf(GrainCluster cluster, SessionId id)
    {
        var entries = await cluster.Log.Read(id, 0, int.MaxValue, Cancellation);
        return string.Concat(entries.Where(entry => entry.Kind is SessionLogEntryKind.Output).Select(entry => Encoding.UTF8.GetString(entry.Body.Span)));
    }

    /// <summary>Counts compactions of a cluster's log, and holds them if told to.</summary>
    private sealed class Compactions
    {
        private int count;

        public Compactions(GrainCluster cluster) => cluster.Log.BeforeCompact = _ =>
        {
            Interlocked.Increment(ref count);
            return Hold?.Task ?? Task.CompletedTask;
        };

        public int Count => Volatile.Read(ref count);

        public TaskCompletionSource? Hold { get; set; }

        public async Task ReachedAsync(int wanted) => await Eventually(() => Task.FromResult(Count >= wanted ? this : null));
    }

    /// <summary>Asks until there is an answer; each question waits in the grain or the log, not here.</summary>
    private static async Task<T> Eventually<T>(Func<Task<T?>> question)
        where T : class
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await timer.WaitForNextTickAsync(Cancellation))
        {
            if (await question() is { } answer)
                return answer;
        }
        throw new InvalidOperationException("The timer ended.");
    }
}
