using Orleans.Runtime;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;
using OrleansKd.Testing;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Closing, opening again and the end, with agents on several computers of the host (rules F2 to F6).</summary>
public sealed class SessionGrainLifecycleTests(SessionGrainTests.SharedCluster shared) : IClassFixture<SessionGrainTests.SharedCluster>
{
    private readonly string lab = $"lab-{Guid.NewGuid():N}";

    private GrainCluster Cluster => shared.Cluster;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Close_WhenThroughAServer_MakesTheAgentLeave_AndTheSessionKnowsHowTheTargetWasLeft()
    {
        var (session, _, agent, ann) = await Cluster.HostSession(throughServer: true, computer: lab);
        await agent.AttachAsync(session);

        Assert.Null((await session.Close(ann.Id, TargetFate.LeaveStopped)).Refusal);
        var instruction = Assert.Single((await agent.LaneAsync(session)).Instructions);
        await Leave(agent, session, TargetFate.LeaveStopped);

        Assert.Equal((AgentInstructionKind.EndDebugger, TargetFate.LeaveStopped, "The session was closed."), (instruction.Kind, instruction.Target!.Value, instruction.Text));
        var view = await Until(session, ann, view => view.Debugger is DebuggerState.Exited);
        Assert.Equal((SessionState.Closed, true), (view.State, view.TargetIsStopped));
    }

    [Fact]
    public async Task Close_WhenDirect_LeavesTheDebuggerAlone_CancelsWhatTheAgentHasNotStarted_AndOpensAgainAsItWas()
    {
        var (session, _, agent, ann) = await Cluster.HostSession(computer: lab);
        await agent.AttachAsync(session);
        await agent.SendAsync(session, agent.Report(AgentChunkKind.StateChanged, new AgentReport { State = DebuggerState.Ready, Text = "(gdb) " }));
        var waiting = (await session.EnterCommand(ann.Id, "bt")).Value!;
        var handed = Assert.Single((await agent.LaneAsync(session)).Instructions);

        await session.Close(ann.Id);
        var cancel = Assert.Single((await agent.LaneAsync(session, afterInstruction: handed.Sequence)).Instructions);
        await agent.SendAsync(session,
            agent.Report(AgentChunkKind.CommandCancelled, new AgentReport { CommandId = waiting.CommandId, Text = "The session was closed." }),
            agent.Output("still recorded"));
        var closed = await Until(session, ann, view => view.Queue.Length == 0);
        var refused = await session.EnterCommand(ann.Id, "bt");
        await session.Reopen(ann.Id);

        Assert.Equal(AgentInstructionKind.CancelWaiting, cancel.Kind);
        Assert.Equal((SessionState.Closed, true, ProblemCodes.SessionClosed), (closed.State, closed.TargetIsStopped, refused.Refusal?.Code));
        Assert.Null((await session.EnterCommand(ann.Id, "bt")).Refusal);
        Assert.Equal("bt", Assert.Single((await agent.LaneAsync(session, afterInstruction: cancel.Sequence)).Instructions).Text);
    }

    [Fact]
    public async Task Close_WhenADirectTargetIsToRun_SendsThatOneCommand_AfterWhatIsCancelled()
    {
        var (session, _, agent, ann) = await Cluster.HostSession(computer: lab);
        await agent.AttachAsync(session);
        await session.EnterCommand(ann.Id, "bt");
        await agent.LaneAsync(session);

        await session.Close(ann.Id, TargetFate.LetRun);

        var instructions = (await agent.LaneAsync(session)).Instructions;
        Assert.Equal([(AgentInstructionKind.RunCommand, "bt"), (AgentInstructionKind.CancelWaiting, "The session was closed."), (AgentInstructionKind.RunCommand, "continue")],
            instructions.Select(instruction => (instruction.Kind, instruction.Text!)));
        Assert.Equal(instructions.Select(instruction => instruction.Sequence).Order(), instructions.Select(instruction => instruction.Sequence));
    }

    [Fact]
    public async Task Reopen_WhenTheDebuggerHasLeft_StartsItAgainAsRecorded_AndTheTranscriptGoesOn()
    {
        var (session, id, agent, ann) = await Cluster.HostSession(throughServer: true, computer: lab, arguments: "-ex 'target remote x:1'");
        await agent.AttachAsync(session);
        await session.Close(ann.Id);
        await Leave(agent, session);

        var reopening = session.Reopen(ann.Id);
        var request = (await agent.AnswerOneAsync(problem: null)).Start;
        Assert.Null((await reopening).Refusal);

        Assert.Equal((2, "/usr/bin/gdb", "-ex 'target remote x:1'", true), (request.Run, request.Debugger, request.Arguments, request.OnlyThroughServer));
        agent.Run = 2;
        Assert.Equal(0, (await agent.AttachAsync(session)).Accepted);
        await agent.SendAsync(session, agent.Output("second run\n"), agent.Report(AgentChunkKind.StateChanged, new AgentReport { State = DebuggerState.Ready, Text = "(gdb) " }));
        Assert.Equal("bt", Assert.Single((await LaneAfter(agent, session, () => session.EnterCommand(ann.Id, "bt"))).Instructions).Text);
        Assert.Equal(SessionState.Active, (await session.View(ann.Id)).Value!.State);
        Assert.Equal([SessionLogEntryKind.SessionClosed, SessionLogEntryKind.RunExited, SessionLogEntryKind.RunStarted, SessionLogEntryKind.SessionReopened, SessionLogEntryKind.Output],
            (await EntriesOf(id)).Select(entry => entry.Kind).SkipWhile(kind => kind is not SessionLogEntryKind.SessionClosed).Take(5));
    }

    [Fact]
    public async Task Reopen_WhileTheDebuggerIsBeingLeft_WaitsForItsEnd()
    {
        var (session, id, agent, ann) = await Cluster.HostSession(throughServer: true, computer: lab);
        await agent.AttachAsync(session);
        await session.Close(ann.Id);
        await agent.LaneAsync(session);

        var reopening = session.Reopen(ann.Id);
        Assert.Null((await session.View(ann.Id)).Refusal);
        await Leave(agent, session);
        await agent.AnswerOneAsync(problem: null);

        Assert.Null((await reopening).Refusal);
        Assert.DoesNotContain(await EntriesOf(id), entry => entry.Kind is SessionLogEntryKind.RunExited && SessionLogEntryBody.Decode(entry.Body).End is RunEnd.GivenUp);
    }

    [Fact]
    public async Task Reopen_OnAnotherComputerWhileTheFirstIsUnreachable_GivesItsRunUp_AndItsAgentIsTold()
    {
        var (session, id, old, ann) = await Cluster.HostSession(throughServer: true, computer: lab);
        await session.Close(ann.Id);
        var agent = new ScriptedAgent(Cluster.Grains, ann, throughServer: true) { Computer = lab + "2", Run = 2 };
        await agent.RegisterAsync();

        var reopening = session.Reopen(ann.Id, new ReopenSession(agent.Computer, "/opt/gdb", "-q"));
        var request = (await agent.AnswerOneAsync(problem: null)).Start;
        Assert.Null((await reopening).Refusal);
        await agent.AttachAsync(session);

        Assert.Equal((2, "/opt/gdb", "-q"), (request.Run, request.Debugger, request.Arguments));
        Assert.Equal(ProblemCodes.RunGivenUp, (await old.TryAttachAsync(session)).Refusal?.Code);
        var view = (await session.View(ann.Id)).Value!;
        Assert.Equal((SessionState.Active, agent.Computer, "/opt/gdb"), (view.State, view.Computer, view.DebuggerLocation));
        var givenUp = SessionLogEntryBody.Decode((await EntriesOf(id)).Single(entry => entry.Kind is SessionLogEntryKind.RunExited).Body);
        Assert.Equal(RunEnd.GivenUp, givenUp.End);
        Assert.Contains($"Output of it that {lab} still holds stays there", givenUp.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reopen_WhenTheDebuggerDoesNotStart_StaysClosedAndSaysWhy()
    {
        var (session, id, agent, ann) = await Cluster.HostSession(throughServer: true, computer: lab);
        await agent.AttachAsync(session);
        await session.Close(ann.Id);
        await Leave(agent, session);

        var reopening = session.Reopen(ann.Id);
        await agent.AnswerOneAsync("The KD server refused the connection.");

        Assert.Equal((ProblemCodes.DebuggerNotStarted, "The KD server refused the connection."), ((await reopening).Refusal?.Code, (await reopening).Refusal?.Message));
        Assert.Equal(SessionState.Closed, (await session.View(ann.Id)).Value!.State);
        Assert.Single(await EntriesOf(id), entry => entry.Kind is SessionLogEntryKind.RunStarted);
    }

    [Fact]
    public async Task Reopen_WhenNoAgentRunsThere_SaysWhatIsMissing_ToTheHostAlsoWhatWouldDo()
    {
        var (session, _, agent, ann) = await Cluster.HostSession(throughServer: true, computer: lab);
        var bob = await Cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await session.Invite(ann.Id, [bob]);
        await agent.AttachAsync(session);
        await session.Close(ann.Id);
        await Leave(agent, session);
        var other = new ScriptedAgent(Cluster.Grains, ann, throughServer: true) { Computer = lab + "2" };
        await other.RegisterAsync();

        var host = (await session.Reopen(ann.Id, new ReopenSession(lab + "3"))).Refusal!;
        Assert.Equal(ProblemCodes.ComputerNotFound, host.Code);
        Assert.Contains($"{lab}3", host.Message, StringComparison.Ordinal);
        Assert.Contains($"{lab}2", host.Message, StringComparison.Ordinal);
        // The history can be read all the same.
        Assert.Null((await session.Join(new ReaderJoin(new Reader(bob.Id, null), null, false))).Refusal);
    }

    [Fact]
    public async Task Reopen_WhenTheServerIsLostBeforeItRecords_AsksForTheSameRunAgain_AndUntilThenTheAgentIsNotSentAway()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession(throughServer: true);
        await agent.AttachAsync(session);
        await session.Close(ann.Id);
        await Leave(agent, session);
        await Until(session, ann, view => view.Debugger is DebuggerState.Exited);
        cluster.Log.BeforeAppend = (_, entries) => entries.Any(entry => entry.Kind is SessionLogEntryKind.RunStarted)
            ? Task.FromException(new IOException("The storage is gone."))
            : Task.CompletedTask;

        var lost = session.Reopen(ann.Id);
        await agent.AnswerOneAsync(problem: null);
        Assert.Equal(ProblemCodes.Unavailable, (await lost).Refusal?.Code);
        cluster.Log.BeforeAppend = null;
        agent.Run = 2;
        var early = await agent.TryAttachAsync(session);
        await agent.RegisterAsync();
        var reopening = session.Reopen(ann.Id);
        var request = await agent.AnswerOneAsync(problem: null);

        Assert.Null((await reopening).Refusal);
        Assert.Equal((ProblemCodes.SessionNotFound, 2), (early.Refusal?.Code, request.Start.Run));
        Assert.Equal(0, (await agent.AttachAsync(session)).Accepted);
        Assert.Single(await cluster.Log.Read(id, 0, int.MaxValue, Cancellation), entry => entry.Kind is SessionLogEntryKind.SessionReopened);
    }

    [Fact]
    public async Task Lane_WhenTheNewRunIsNotDurableYet_HasNothingOfTheRunBefore()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, _, agent, ann) = await cluster.HostSession(throughServer: true);
        await agent.AttachAsync(session);
        await session.Close(ann.Id);
        await Leave(agent, session);
        await Until(session, ann, view => view.Debugger is DebuggerState.Exited);
        var storage = new TaskCompletionSource();
        cluster.Log.BeforeAppend = (_, entries) => entries.Any(entry => entry.Kind is SessionLogEntryKind.RunStarted) ? storage.Task : Task.CompletedTask;

        var reopening = session.Reopen(ann.Id);
        await agent.AnswerOneAsync(problem: null);
        agent.Run = 2;
        while ((await agent.TryAttachAsync(session)).Refusal is not null)
            Cancellation.ThrowIfCancellationRequested();
        var early = await agent.LaneAsync(session);
        storage.SetResult();
        await reopening;

        Assert.Equal((0, false), (early.Instructions.Length, early.RunIsOver));
        Assert.Empty((await agent.LaneAsync(session)).Instructions);
    }

    [Fact]
    public async Task Terminate_WhenTheDebuggerHasLeftAlready_JustRecordsIt_AndADebuggerThatWaitsForItsSessionIsSentAway()
    {
        var (session, _, agent, ann) = await Cluster.HostSession(throughServer: true, computer: lab);
        await agent.AttachAsync(session);
        await session.Close(ann.Id);
        await Leave(agent, session);

        Assert.Null((await session.Terminate(ann.Id, null)).Refusal);

        agent.Run = 2;
        Assert.Equal(ProblemCodes.SessionTerminated, (await agent.TryAttachAsync(session)).Refusal?.Code);
        Assert.Equal(ProblemCodes.SessionTerminated, (await session.Reopen(ann.Id)).Refusal?.Code);
    }

    [Fact]
    public async Task Lane_WhenTheSessionIsTerminated_TellsTheAgentThatItNeedsNothingForItAnyMore()
    {
        var (session, _, agent, ann) = await Cluster.HostSession(throughServer: true, computer: lab);
        await agent.AttachAsync(session);

        var before = await agent.LaneAsync(session);
        await session.Terminate(ann.Id, null);

        Assert.Equal((false, true), (before.IsTerminated, (await agent.LaneAsync(session)).IsTerminated));
    }

    [Fact]
    public async Task QuitWord_WhenItEndsTheDebugger_TerminatesWithWhoDidIt()
    {
        var (session, id, agent, ann) = await Cluster.HostSession(throughServer: true, computer: lab);
        await agent.AttachAsync(session);
        var quit = (await session.EnterCommand(ann.Id, "quit")).Value!;

        await agent.SendAsync(session,
            agent.Report(AgentChunkKind.CommandStarted, new AgentReport { CommandId = quit.CommandId }),
            agent.Report(AgentChunkKind.RunExited, new AgentReport { End = RunEnd.Exited, ExitCode = 0, Text = "gdb ended with exit code 0." }));

        await Until(session, ann, view => view.State is SessionState.Terminated);
        var entry = SessionLogEntryBody.Decode((await EntriesOf(id)).Single(entry => entry.Kind is SessionLogEntryKind.SessionTerminated).Body);
        Assert.Equal("'quit' by Ann Host (Contoso) ended the debugger: gdb ended with exit code 0.", entry.Text);
    }

    [Fact]
    public async Task QuitWord_WhenThePromptIsBackTenSecondsLater_IsSaidToHaveHadNoEffect_AlsoAfterAFailover()
    {
        var time = new ShiftedTime();
        await using var cluster = await GrainCluster.StartAsync(time: time);
        var (session, id, agent, ann) = await cluster.HostSession(throughServer: true);
        await agent.AttachAsync(session);
        var quit = (await session.EnterCommand(ann.Id, "quit")).Value!;
        await agent.SendAsync(session,
            agent.Report(AgentChunkKind.CommandStarted, new AgentReport { CommandId = quit.CommandId }),
            agent.Report(AgentChunkKind.CommandCompleted, new AgentReport { CommandId = quit.CommandId }));
        await SessionGrainTests.Durable(session, after: quit.Sequence + 1);

        await cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Cancellation);
        time.Advance(Limits.QuitEffect);
        await agent.AttachAsync(session);
        await SessionGrainTests.Durable(session, after: quit.Sequence + 2);

        var entry = (await cluster.Log.Read(id, 0, int.MaxValue, Cancellation))[^1];
        Assert.Equal((SessionLogEntryKind.QuitHadNoEffect, "quit"), (entry.Kind, SessionLogEntryBody.Decode(entry.Body).Text));
        Assert.Equal(SessionState.Active, (await session.View(ann.Id)).Value!.State);
    }

    [Fact]
    public async Task TargetLetGo_WhenReported_TerminatesAndMakesTheAgentEndTheRest()
    {
        var (session, _, agent, ann) = await Cluster.HostSession(throughServer: true, computer: lab, debuggerKind: "kd");
        await agent.AttachAsync(session);

        await agent.SendAsync(session, agent.Report(AgentChunkKind.TargetLetGo, new AgentReport { Text = "kd: Detached" }));

        await Until(session, ann, view => view.State is SessionState.Terminated);
        var instruction = Assert.Single((await agent.LaneAsync(session)).Instructions);
        Assert.Equal((AgentInstructionKind.EndDebugger, null), (instruction.Kind, instruction.Target));
    }

    [Fact]
    public async Task Host_WhenClientsMayNotReopen_IsSoUntilTheHostChangesIt()
    {
        var (session, _, agent, ann) = await Cluster.HostSession(computer: lab, clientsMayReopen: false);
        var bob = await Cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await session.Invite(ann.Id, [bob]);
        await agent.AttachAsync(session);
        await session.Close(ann.Id);

        Assert.Equal(ProblemCodes.HostOnly, (await session.Reopen(bob.Id)).Refusal?.Code);
        Assert.False((await session.View(bob.Id)).Value!.ClientsMayReopen);
        Assert.Equal(ProblemCodes.HostOnly, (await session.Change(bob.Id, new SessionChange(true))).Refusal?.Code);
        await session.Change(ann.Id, new SessionChange(true));
        Assert.Null((await session.Reopen(bob.Id)).Refusal);
    }

    private static async Task<AgentLane> LaneAfter(ScriptedAgent agent, ISessionGrain session, Func<Task> act)
    {
        await act();
        return await agent.LaneAsync(session);
    }

    private static Task<Outcome<ChunksAccepted>> Leave(ScriptedAgent agent, ISessionGrain session, TargetFate? left = null) => agent.SendAsync(session,
        agent.Report(AgentChunkKind.RunExited, new AgentReport { End = RunEnd.Left, ExitCode = 0, Target = left, Text = "gdb ended with exit code 0. The session was closed." }));

    private async Task<SessionLogEntry[]> EntriesOf(SessionId id) => await Cluster.Log.Read(id, 0, int.MaxValue, Cancellation);

    /// <summary>Waits, in the grain, for changes until the session looks like this.</summary>
    private static async Task<SessionView> Until(ISessionGrain session, Person caller, Func<SessionView, bool> isThere)
    {
        for (var known = -1L; ; known = (await session.Read(new ReadCursor(long.MaxValue - 1, 0, known, 1, TimeSpan.FromSeconds(3)))).Value!.DurableThrough)
        {
            Cancellation.ThrowIfCancellationRequested();
            if ((await session.View(caller.Id)).Value is { } view && isThere(view))
                return view;
        }
    }
}
