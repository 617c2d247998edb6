using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Sessions;

public sealed class SessionGrainTests(SessionGrainTests.SharedCluster shared) : IClassFixture<SessionGrainTests.SharedCluster>
{
    private GrainCluster Cluster => shared.Cluster;

    [Fact]
    public async Task Host_WhenTheDebuggerDoesNotStart_LeavesNothingHalfMade()
    {
        var ann = await Cluster.SignIn("ann@contoso.example", "Ann Host");
        var agent = new ScriptedAgent(Cluster.Grains, ann, throughServer: false);
        await agent.RegisterAsync();
        var id = SessionId.New();

        var hosting = Cluster.Grains.Session(id).Host(ann.Id, new HostSession(agent.Computer, "/no/gdb", "", "crash", ""));
        await agent.AnswerOneAsync("/no/gdb does not exist.");
        var outcome = await hosting;

        Assert.Equal(ProblemCodes.DebuggerNotStarted, outcome.Refusal?.Code);
        Assert.Null(await Cluster.Log.ReadHead(id, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(await Cluster.Grains.User(ann.Id).ListSessions(), session => session.Id == id.ToString());
        Assert.Equal(ProblemCodes.SessionNotFound, (await Cluster.Grains.Session(id).View(ann.Id)).Refusal?.Code);
    }

    [Fact]
    public async Task Host_WhenNoAgentRuns_NamesTheWayOut()
    {
        var ann = await Cluster.SignIn("ann@contoso.example", "Ann Host");

        var outcome = await Cluster.Grains.Session(SessionId.New()).Host(ann.Id, new HostSession("nowhere", "/usr/bin/gdb", "", "crash", ""));

        Assert.Equal(ProblemCodes.ComputerNotFound, outcome.Refusal?.Code);
    }

    [Fact]
    public async Task View_WhenTheCallerIsAStranger_IsTheSameAsForNoSession()
    {
        var (session, _, _, _) = await Cluster.HostSession();
        var eve = UserId.FromEmail("eve@elsewhere.example");

        var seen = await session.View(eve);
        var none = await Cluster.Grains.Session(SessionId.New()).View(eve);

        Assert.Equal(none.Refusal, seen.Refusal);
        Assert.NotNull(seen.Refusal);
    }

    [Fact]
    public async Task Append_WhenChunksRepeatOrSkip_TakesEachOnce()
    {
        var (session, id, agent, _) = await Cluster.HostSession();
        await agent.AttachAsync(session);
        StoredChunk[] chunks = [agent.Output("a"), agent.Output("b"), agent.Output("c")];

        await agent.SendAsync(session, chunks[0], chunks[1]);
        await agent.SendAsync(session, chunks[0], chunks[1], chunks[2]);
        agent.Output("lost");
        var skipped = await agent.SendAsync(session, agent.Output("e"));

        Assert.Equal(ProblemCodes.OutOfStep, skipped.Refusal?.Code);
        Assert.Equal("abc", await TextOf(id, session));
    }

    [Fact]
    public async Task Append_WhenAnotherConnectionAttached_RefusesTheFirst()
    {
        var (session, _, first, ann) = await Cluster.HostSession();
        await first.AttachAsync(session);
        await new ScriptedAgent(Cluster.Grains, ann, throughServer: false).AttachAsync(session);

        var outcome = await first.SendAsync(session, first.Output("from the past"));

        Assert.Equal(ProblemCodes.OutOfStep, outcome.Refusal?.Code);
    }

    [Fact]
    public async Task EnterCommand_WhenRecorded_ReachesTheAgentOnceAndIsShownWithItsAuthor()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        var entered = (await session.EnterCommand(ann.Id, "bt")).Value!;
        var lane = await agent.LaneAsync(session);
        var instruction = Assert.Single(lane.Instructions);
        await agent.SendAsync(session,
            agent.Report(AgentChunkKind.CommandStarted, new AgentReport { CommandId = instruction.CommandId }),
            agent.Output("#0 main ()\n"),
            agent.Report(AgentChunkKind.CommandCompleted, new AgentReport { CommandId = instruction.CommandId }));

        Assert.Equal(("bt", entered.CommandId, entered.Sequence), (instruction.Text, instruction.CommandId, instruction.Sequence));
        Assert.Empty((await agent.LaneAsync(session, afterInstruction: instruction.Sequence)).Instructions);
        await Durable(session, after: entered.Sequence + 2);
        Assert.Empty((await session.View(ann.Id)).Value!.Queue);
        var entries = await Cluster.Log.Read(id, entered.Sequence - 1, int.MaxValue, TestContext.Current.CancellationToken);
        Assert.Equal([SessionLogEntryKind.CommandEntered, SessionLogEntryKind.CommandStarted, SessionLogEntryKind.Output, SessionLogEntryKind.CommandCompleted], entries.Select(entry => entry.Kind));
        Assert.Equal("Ann Host", SessionLogEntryBody.Decode(entries[0].Body).Author?.Name);
    }

    [Fact]
    public async Task Invite_WhenFiftyRace_EndsAtTen()
    {
        var (session, _, _, ann) = await Cluster.HostSession();
        var people = await Task.WhenAll(Enumerable.Range(1, 50).Select(i => Cluster.SignIn($"client{i}@fabrikam.example", $"Client {i}")));

        var outcomes = await Task.WhenAll(people.Select(person => session.Invite(ann.Id, [person])));

        Assert.Equal(10, outcomes.Count(outcome => outcome.Refusal is null));
        Assert.Equal(10, (await session.View(ann.Id)).Value!.Clients.Length);
    }

    [Fact]
    public async Task Invite_WhenDelivered_IsInTheClientsListAndLetsThemRead()
    {
        var (session, id, _, ann) = await Cluster.HostSession();
        var bob = await Cluster.SignIn("bob@fabrikam.example", "Bob Client");

        Assert.Equal(ProblemCodes.SessionNotFound, (await session.Join(new ReaderJoin(new Reader(bob.Id, null), null, false))).Refusal?.Code);
        await session.Invite(ann.Id, [bob]);

        Assert.Null((await session.Join(new ReaderJoin(new Reader(bob.Id, null), null, false))).Refusal);
        Assert.Contains(await Cluster.Grains.User(bob.Id).ListSessions(), listed => listed.Id == id.ToString());
        Assert.NotNull(await Cluster.Grains.Invitation(id, bob.Id).Describe());
    }

    [Fact]
    public async Task Read_WhenItNamesItsReaders_ProvesTheirRightsAndTheyArePresent()
    {
        var (session, _, _, ann) = await Cluster.HostSession();
        var bob = await Cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await session.Invite(ann.Id, [bob]);
        var eve = await Cluster.SignIn("client7@fabrikam.example", "Eve");

        var page = (await session.Read(new ReadCursor(-1, 0, -1, 1024, TimeSpan.Zero, [new Reader(bob.Id, "desk"), new Reader(eve.Id, "desk"), new Reader(ann.Id, null)]))).Value!;
        var unasked = (await session.Read(new ReadCursor(-1, 0, -1, 1024, TimeSpan.Zero))).Value!;

        Assert.Equal(eve.Id, Assert.Single(page.Denied!).Reader.User);
        Assert.Null(unasked.Denied);
        Assert.Equal([bob], (await session.View(ann.Id)).Value!.Present);
    }

    [Fact]
    public async Task Terminate_WhenDirect_TellsTheAgentAndEndsWithItsRun()
    {
        var (session, _, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        Assert.Null((await session.Terminate(ann.Id, TargetFate.LeaveStopped)).Refusal);
        var instruction = Assert.Single((await agent.LaneAsync(session)).Instructions);
        await agent.SendAsync(session, agent.Report(AgentChunkKind.RunExited, new AgentReport { ExitCode = 0, Text = "ended by the host" }));

        Assert.Equal((AgentInstructionKind.EndDebugger, TargetFate.LeaveStopped), (instruction.Kind, instruction.Target!.Value));
        var again = await session.AttachAgent(new AgentAttach(ann.Id, agent.Computer, 1, "instance", "new", 0));
        Assert.Equal(ProblemCodes.SessionTerminated, again.Refusal?.Code);
    }

    [Fact]
    public async Task RunExited_WhenTheSessionIsDirect_TerminatesItWithTheReason()
    {
        var (session, _, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        await agent.SendAsync(session, agent.Report(AgentChunkKind.RunExited, new AgentReport { Signal = "SIGKILL", Text = "killed" }));
        await Durable(session, after: 2);

        var view = (await session.View(ann.Id)).Value!;
        Assert.Equal((SessionState.Terminated, DebuggerState.Exited), (view.State, view.Debugger));
    }

    [Fact]
    public async Task Break_WhenRepeatedWithTheSameId_ReachesTheAgentOnce()
    {
        var (session, _, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        await session.Break(ann.Id, "one");
        await session.Break(ann.Id, "one");
        await session.Break(ann.Id, "two");

        var signals = (await agent.LaneAsync(session)).Signals;
        Assert.Equal(["one", "two"], signals.Select(signal => signal.Id));
        Assert.All(signals, signal => Assert.InRange(signal.ValidFor, TimeSpan.Zero, Limits.ControlSignalLifetime));
    }

    private async Task<string> TextOf(SessionId id, ISessionGrain session)
    {
        await Durable(session, after: 4);
        var entries = await Cluster.Log.Read(id, 0, int.MaxValue, TestContext.Current.CancellationToken);
        return string.Concat(entries.Where(entry => entry.Kind is SessionLogEntryKind.Output).Select(entry => Encoding.UTF8.GetString(entry.Body.Span)));
    }

    /// <summary>Waits until everything after <paramref name="after"/> that is in the tail is durable.</summary>
    internal static async Task Durable(ISessionGrain session, long after)
    {
        for (var known = -1L; known <= after;)
            known = (await session.Read(new ReadCursor(long.MaxValue - 1, 0, known, 1, TimeSpan.FromSeconds(3)))).Value!.DurableThrough;
    }

    public sealed class SharedCluster : IAsyncLifetime
    {
        public GrainCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Cluster = await GrainCluster.StartAsync();

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
