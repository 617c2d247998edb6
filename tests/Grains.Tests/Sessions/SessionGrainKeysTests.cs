using Orleans.Runtime;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>What the agent and the callers see of Breaks, control keys and the agent's spool.</summary>
public sealed class SessionGrainKeysTests(SessionGrainTests.SharedCluster shared) : IClassFixture<SessionGrainTests.SharedCluster>
{
    private GrainCluster Cluster => shared.Cluster;

    [Fact]
    public async Task Break_WhenItsIdIsRepeatedAfterAFailover_IsSentAndRecordedOnce()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);
        await session.Break(ann.Id, "one");
        Assert.Single((await agent.LaneAsync(session)).Signals);
        await UntilRecorded(id, SessionLogEntryKind.BreakSent);

        await Cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);
        await agent.AttachAsync(session);
        Assert.Null((await session.Break(ann.Id, "one")).Refusal);

        Assert.Empty((await agent.LaneAsync(session)).Signals);
        Assert.Single(await EntriesOf(id), entry => entry.Kind is SessionLogEntryKind.BreakSent);
    }

    [Fact]
    public async Task Break_WhenCommandsWait_NamesThemToTheAgent()
    {
        var (session, _, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);
        var first = (await session.EnterCommand(ann.Id, "bt")).Value!.CommandId;
        await agent.SendAsync(session, agent.Report(AgentChunkKind.CommandStarted, new AgentReport { CommandId = first }));
        var second = (await session.EnterCommand(ann.Id, "info threads")).Value!.CommandId;

        await session.Break(ann.Id, "one");

        Assert.Equal([second], Assert.Single((await agent.LaneAsync(session)).Signals).Cancels!);
    }

    [Fact]
    public async Task Key_WhenTheDebuggerIsGdb_IsRefusedToItsCallerAndNotRecorded()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        var refused = await session.Press(ann.Id, new KeyPress("one", "d"));
        var forAnotherRun = await session.Press(ann.Id, new KeyPress("two", null, 7));

        Assert.Equal((ProblemCodes.InvalidRequest, ProblemCodes.OutOfStep), (refused.Refusal?.Code, forAnotherRun.Refusal?.Code));
        Assert.Empty((await agent.LaneAsync(session)).Signals);
        Assert.DoesNotContain(await EntriesOf(id), entry => entry.Kind is SessionLogEntryKind.BreakSent or SessionLogEntryKind.KeyPressed);
    }

    [Fact]
    public async Task Break_WhenTheAgentDoesNotFetchItInTime_IsNeverHandedOut_AndTheTranscriptSaysSo()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        Assert.Null((await session.Break(ann.Id, "one")).Refusal);
        var refused = await UntilRecorded(id, SessionLogEntryKind.KeyRefused);

        Assert.Contains("did not fetch it within 5 seconds", refused.Text, StringComparison.Ordinal);
        await agent.AttachAsync(session);
        Assert.Empty((await agent.LaneAsync(session)).Signals);
    }

    [Fact]
    public async Task Spool_WhenItsAgentReports_RecordsEachChangeOnceAndShowsTheState()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);
        Task<Outcome<Done>> ReportAsync(SpoolState state, string connection) => session.ReportSpool(new AgentSpool(connection, 1, state, 900, 1000));

        foreach (var state in (SpoolState[])[SpoolState.Normal, SpoolState.NearlyFull, SpoolState.NearlyFull, SpoolState.Holding, SpoolState.Holding])
            Assert.Null((await ReportAsync(state, agent.Connection)).Refusal);
        var stranger = await ReportAsync(SpoolState.Normal, "another connection");
        for (var known = 0L; (await session.View(ann.Id)).Value!.Spool is not SpoolState.Holding;)
            known = (await session.Read(new ReadCursor(long.MaxValue - 1, 0, known, 1, TimeSpan.FromSeconds(3)))).Value!.DurableThrough;
        await ReportAsync(SpoolState.Normal, agent.Connection);
        await UntilRecorded(id, SessionLogEntryKind.SpoolStateChanged, count: 3);

        Assert.Equal(ProblemCodes.OutOfStep, stranger.Refusal?.Code);
        Assert.Equal([SpoolState.NearlyFull, SpoolState.Holding, SpoolState.Normal],
            (await EntriesOf(id)).Where(entry => entry.Kind is SessionLogEntryKind.SpoolStateChanged).Select(entry => SessionLogEntryBody.Decode(entry.Body).Spool!.Value));
    }

    private async Task<SessionLogEntry[]> EntriesOf(SessionId id) => await Cluster.Log.Read(id, 0, int.MaxValue, TestContext.Current.CancellationToken);

    /// <summary>Waits until the log has so many of these; answers the last one's body.</summary>
    private async Task<SessionLogEntryBody> UntilRecorded(SessionId id, SessionLogEntryKind kind, int count = 1)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            if ((await EntriesOf(id)).Where(entry => entry.Kind == kind).ToArray() is var found && found.Length >= count)
                return SessionLogEntryBody.Decode(found[^1].Body);
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
