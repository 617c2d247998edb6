using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Computers;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Closing, opening again, terminating; who may, and what is recorded (rules F2, F3, F4, F9).</summary>
public sealed class LifecycleRulesTests
{
    private static readonly StartedDebugger Started = new("gdb", true, "-ex 'target remote lab:1'", "lab");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Close_WhenCommandsWait_CancelsThoseThatTheAgentCanNotHave(bool throughServer)
    {
        var session = HostedBy(Ann, throughServer) with
        {
            Commands =
            [
                new("running", "x", SessionRules.Store(Ann), 5, IsRunning: true),
                new("handed", "y", SessionRules.Store(Ann), 6, IsRunning: false),
                new("waiting", "z", SessionRules.Store(Ann), 7, IsRunning: false),
            ],
        };

        var after = session.With(LifecycleRules.Close(session, Ann.Id, null, true, handedThrough: 6, "r", Now));

        Assert.Equal((SessionState.Closed, "running handed"), (after.State, string.Join(' ', after.Commands.Select(command => command.Id))));
    }

    [Theory]
    [InlineData(true, null, true, false)]
    [InlineData(true, TargetFate.LetRun, true, false)]
    [InlineData(false, null, false, false)]
    [InlineData(false, TargetFate.LeaveStopped, false, false)]
    [InlineData(false, TargetFate.LetRun, false, true)]
    public void Close_WhenDone_AsksTheAgentToLeaveOnlyThroughAServer_AndLetsADirectTargetRunByACommand(bool throughServer, TargetFate? target, bool isLeft, bool isResumed)
    {
        var session = HostedBy(Ann, throughServer) with { DebuggerKind = "kd" };

        var after = session.With(LifecycleRules.Close(session, Ann.Id, target, true, 0, "r", Now));

        Assert.Equal((isLeft, isLeft ? target : null), (after.EndAskedBy > 0, after.EndTarget));
        Assert.Equal(isResumed ? ["g"] : [], after.Commands.Select(command => command.Text));
        Assert.Equal(!throughServer, after.CancelWaitingBy > 0);
    }

    [Fact]
    public void Close_WhenADirectTargetIsToRunButItsAgentIsUnreachable_IsRefused()
    {
        Assert.Equal(ProblemCodes.DebuggerOffline, Refused(LifecycleRules.Close(HostedBy(Ann), Ann.Id, TargetFate.LetRun, agentIsReachable: false, 0, "r", Now)));
        Assert.IsType<Decision.Record>(LifecycleRules.Close(HostedBy(Ann), Ann.Id, null, agentIsReachable: false, 0, "r", Now));
        Assert.IsType<Decision.Record>(LifecycleRules.Close(HostedBy(Ann, throughServer: true), Ann.Id, TargetFate.LetRun, agentIsReachable: false, 0, "r", Now));
    }

    [Fact]
    public void Close_WhenTheTargetRunsAlready_EntersNoCommand()
    {
        var session = HostedBy(Ann) with { Debugger = DebuggerState.Running };

        Assert.Empty(session.With(LifecycleRules.Close(session, Ann.Id, TargetFate.LetRun, true, 0, "r", Now)).Commands);
    }

    /// <summary>Every way to ask for a closed session, by everybody.</summary>
    [Theory]
    [InlineData("host", false, false, false, "reopened")]
    [InlineData("host", false, false, true, ProblemCodes.InvalidRequest)]
    [InlineData("host", true, false, false, "start")]
    [InlineData("host", true, true, false, "start")]
    [InlineData("host", true, true, true, "start")]
    [InlineData("client", false, false, false, "reopened")]
    [InlineData("client", true, true, false, "start")]
    [InlineData("client", true, true, true, ProblemCodes.HostOnly)]
    [InlineData("stranger", true, true, false, ProblemCodes.SessionNotFound)]
    [InlineData("stranger", true, true, true, ProblemCodes.SessionNotFound)]
    public void Reopen_WhenClosed_IsAnsweredAsTheRulesSay(string actor, bool throughServer, bool runIsOver, bool isElsewhere, string expected)
    {
        var session = Closed(throughServer, runIsOver);
        var caller = actor switch { "host" => Ann.Id, "client" => Bob.Id, _ => Eve.Id };

        var decision = LifecycleRules.Reopen(session, caller, isElsewhere ? new ReopenSession("lab2") : ReopenSession.AsRecorded, Now);

        Assert.Equal(expected, decision switch
        {
            Decision.Refuse refuse => refuse.Refusal.Code,
            Decision.StartFirst start => start is ("lab" or "lab2", "/usr/bin/gdb", "-q") ? "start" : start.ToString(),
            _ => session.With(decision).State is SessionState.Active ? "reopened" : "nothing",
        });
    }

    [Fact]
    public void Reopen_WhenTheHostSwitchedItOffForClients_IsForTheHostOnly()
    {
        var session = Closed(throughServer: true, runIsOver: true);
        session = session.With(LifecycleRules.Change(session, Ann.Id, new SessionChange(ClientsMayReopen: false), Now));

        Assert.Equal(ProblemCodes.HostOnly, Refused(LifecycleRules.Reopen(session, Bob.Id, ReopenSession.AsRecorded, Now)));
        Assert.IsType<Decision.StartFirst>(LifecycleRules.Reopen(session, Ann.Id, ReopenSession.AsRecorded, Now));
        session = session.With(LifecycleRules.Change(session, Ann.Id, new SessionChange(ClientsMayReopen: true), Now));
        Assert.IsType<Decision.StartFirst>(LifecycleRules.Reopen(session, Bob.Id, ReopenSession.AsRecorded, Now));
    }

    [Fact]
    public void Change_WhenAClientAsks_IsRefused_AndWithoutAChangeRecordsNothing()
    {
        var session = Closed(throughServer: true, runIsOver: true);

        Assert.Equal(ProblemCodes.HostOnly, Refused(LifecycleRules.Change(session, Bob.Id, new SessionChange(false), Now)));
        Assert.Empty(Assert.IsType<Decision.Record>(LifecycleRules.Change(session, Ann.Id, new SessionChange(true), Now)).Entries);
    }

    [Fact]
    public void Reopen_WhenTheRunWasRecordedButNotTheReopening_JustRecordsThat()
    {
        var session = Closed(throughServer: true, runIsOver: true).With(SessionLogEntryKind.RunStarted, new SessionLogEntryBody { Run = 2, Computer = "lab", ThroughServer = true });

        var after = session.With(LifecycleRules.Reopen(session, Ann.Id, ReopenSession.AsRecorded, Now));

        Assert.Equal((SessionState.Active, 2, 0), (after.State, after.Run, after.EndAskedBy));
    }

    [Theory]
    [InlineData("lab", null, null)]
    [InlineData(" LAB ", null, null)]
    [InlineData("lab2", null, "which only lab keeps")]
    [InlineData("lab2", "-remote tcp:server=x,port=1,password=…", "which only lab keeps")]
    [InlineData("lab2", "-remote tcp:server=x,port=1,password=hush", null)]
    public void Reopen_WhenTheArgumentsHaveASecret_NeedsThemAgainOnAnotherComputer(string computer, string? arguments, string? problem)
    {
        var session = Closed(throughServer: true, runIsOver: true) with { Arguments = "-remote tcp:server=x,port=1,password=…" };

        var decision = LifecycleRules.Reopen(session, Ann.Id, new ReopenSession(computer, Arguments: arguments), Now);

        if (problem is null)
            Assert.Equal(arguments ?? session.Arguments, Assert.IsType<Decision.StartFirst>(decision).Arguments);
        else
            Assert.Contains(problem, Assert.IsType<Decision.Refuse>(decision).Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AfterStart_WhenTheOldRunIsNotOver_GivesItUpByName()
    {
        var session = Closed(throughServer: true, runIsOver: false);

        var decision = LifecycleRules.AfterStart(session, Ann.Id, 2, "/usr/bin/gdb", Started with { Computer = "lab2" }, Now);
        var after = session.With(decision);

        Assert.Equal((SessionState.Active, 2, "lab2", false, 0), (after.State, after.Run, after.Computer, after.RunIsOver, after.EndAskedBy));
        Assert.Equal([1], after.GivenUpRuns);
        Assert.Contains("Output of it that lab still holds stays there", Assert.IsType<Decision.Record>(decision).Entries[0].Body.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void AfterStart_WhenTheSessionIsNotAsItWas_RecordsNothing()
    {
        var closed = Closed(throughServer: true, runIsOver: true);
        var terminated = closed.With(LifecycleRules.Terminate(closed, Ann.Id, null, 0, Now));

        Assert.Equal(ProblemCodes.SessionTerminated, Refused(LifecycleRules.AfterStart(terminated, Ann.Id, 2, "gdb", Started, Now)));
        Assert.Equal(ProblemCodes.WrongState, Refused(LifecycleRules.AfterStart(closed with { Run = 2 }, Ann.Id, 2, "gdb", Started, Now)));
        Assert.Equal(ProblemCodes.WrongState, Refused(LifecycleRules.AfterStart(closed with { State = SessionState.Active }, Ann.Id, 2, "gdb", Started, Now)));
        Assert.Equal(ProblemCodes.InvalidRequest, Refused(LifecycleRules.AfterStart(closed, Ann.Id, 2, "gdb", Started with { ThroughServer = false }, Now)));
        Assert.Equal(ProblemCodes.SessionNotFound, Refused(LifecycleRules.AfterStart(closed with { Clients = [] }, Bob.Id, 2, "gdb", Started, Now)));
    }

    [Theory]
    [InlineData(false, false, null, ProblemCodes.InvalidRequest)]
    [InlineData(false, false, TargetFate.LeaveStopped, null)]
    [InlineData(true, false, null, null)]
    [InlineData(true, true, null, null)]
    public void Terminate_WhenDirect_NeedsADecisionAboutTheTarget(bool throughServer, bool runIsOver, TargetFate? target, string? refusal)
    {
        var session = HostedBy(Ann, throughServer) with { RunIsOver = runIsOver };

        var decision = LifecycleRules.Terminate(session, Ann.Id, target, 0, Now);

        Assert.Equal(refusal, (decision as Decision.Refuse)?.Refusal.Code);
        if (refusal is null)
            Assert.Equal((SessionState.Terminated, !runIsOver), (session.With(decision).State, session.With(decision).EndAskedBy > 0));
    }

    [Fact]
    public void Terminate_WhenTheCloseBeforeItLetTheTargetRun_AndItSaysNothing_KeepsThat()
    {
        var session = HostedBy(Ann, throughServer: true);
        session = session.With(LifecycleRules.Close(session, Ann.Id, TargetFate.LetRun, false, 0, "r", Now));

        Assert.Equal(TargetFate.LetRun, session.With(LifecycleRules.Terminate(session, Ann.Id, null, 0, Now)).EndTarget);
        Assert.Equal(TargetFate.LeaveStopped, session.With(LifecycleRules.Terminate(session, Ann.Id, TargetFate.LeaveStopped, 0, Now)).EndTarget);
    }

    [Fact]
    public void Terminate_WhenCommandsWait_CancelsThemVisibly()
    {
        var session = HostedBy(Ann);
        session = session.With(SessionRules.EnterCommand(session, Ann.Id, "c1", "bt", true, Now));

        var entries = Assert.IsType<Decision.Record>(LifecycleRules.Terminate(session, Ann.Id, TargetFate.LetRun, 0, Now)).Entries;

        Assert.Equal([SessionLogEntryKind.CommandCancelled, SessionLogEntryKind.SessionTerminated], entries.Select(entry => entry.Kind));
    }

    [Theory]
    [InlineData(DebuggerState.Ready, true)]
    [InlineData(DebuggerState.Busy, true)]
    [InlineData(DebuggerState.Running, false)]
    [InlineData(DebuggerState.Starting, null)]
    public void TargetIsStopped_WhileTheRunLives_IsAsTheDebuggerSays_AlsoWhileItIsOffline(DebuggerState debugger, bool? expected)
    {
        Assert.Equal(expected, LifecycleRules.TargetIsStopped(HostedBy(Ann) with { Debugger = debugger }));
        Assert.Equal(expected, LifecycleRules.TargetIsStopped(HostedBy(Ann) with { Debugger = DebuggerState.Offline, BeforeOffline = debugger }));
    }

    [Theory]
    [InlineData(TargetFate.LeaveStopped, true)]
    [InlineData(TargetFate.LetRun, false)]
    [InlineData(null, null)]
    public void TargetIsStopped_WhenTheRunIsOver_IsHowItWasLeft(TargetFate? left, bool? expected)
    {
        var session = HostedBy(Ann, throughServer: true).With(SessionLogEntryKind.RunExited, new SessionLogEntryBody { End = RunEnd.Left, Target = left });

        Assert.Equal(expected, LifecycleRules.TargetIsStopped(session));
    }

    private static Session Closed(bool throughServer, bool runIsOver)
    {
        var session = (HostedBy(Ann, throughServer) with { Arguments = "-q" }).WithClients(Bob);
        session = session.With(LifecycleRules.Close(session, Ann.Id, null, true, 0, "r", Now));
        return runIsOver ? session.With(SessionLogEntryKind.RunExited, new SessionLogEntryBody { Run = 1, End = RunEnd.Left, ExitCode = 0 }) : session;
    }

    private static string Refused(Decision decision) => Assert.IsType<Decision.Refuse>(decision).Refusal.Code;
}
