using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

public sealed class SessionRulesTests
{
    public enum Actor
    {
        Host,
        Client,
        Stranger,
    }

    /// <summary>Every state, every actor, every request: who gets what answer.</summary>
    [Theory]
    [InlineData(SessionState.Active, Actor.Host, "invite", null)]
    [InlineData(SessionState.Active, Actor.Host, "command", null)]
    [InlineData(SessionState.Active, Actor.Host, "break", null)]
    [InlineData(SessionState.Active, Actor.Host, "close", null)]
    [InlineData(SessionState.Active, Actor.Host, "reopen", null)]
    [InlineData(SessionState.Active, Actor.Host, "terminate", null)]
    [InlineData(SessionState.Active, Actor.Client, "invite", ProblemCodes.HostOnly)]
    [InlineData(SessionState.Active, Actor.Client, "command", ProblemCodes.HostOnly)]
    [InlineData(SessionState.Active, Actor.Client, "break", ProblemCodes.HostOnly)]
    [InlineData(SessionState.Active, Actor.Client, "close", ProblemCodes.HostOnly)]
    [InlineData(SessionState.Active, Actor.Client, "reopen", null)]
    [InlineData(SessionState.Active, Actor.Client, "terminate", ProblemCodes.HostOnly)]
    [InlineData(SessionState.Active, Actor.Stranger, "invite", ProblemCodes.SessionNotFound)]
    [InlineData(SessionState.Active, Actor.Stranger, "command", ProblemCodes.SessionNotFound)]
    [InlineData(SessionState.Active, Actor.Stranger, "break", ProblemCodes.SessionNotFound)]
    [InlineData(SessionState.Active, Actor.Stranger, "close", ProblemCodes.SessionNotFound)]
    [InlineData(SessionState.Active, Actor.Stranger, "reopen", ProblemCodes.SessionNotFound)]
    [InlineData(SessionState.Active, Actor.Stranger, "terminate", ProblemCodes.SessionNotFound)]
    [InlineData(SessionState.Closed, Actor.Host, "invite", null)]
    [InlineData(SessionState.Closed, Actor.Host, "command", ProblemCodes.SessionClosed)]
    [InlineData(SessionState.Closed, Actor.Host, "break", ProblemCodes.SessionClosed)]
    [InlineData(SessionState.Closed, Actor.Host, "close", null)]
    [InlineData(SessionState.Closed, Actor.Host, "reopen", null)]
    [InlineData(SessionState.Closed, Actor.Host, "terminate", null)]
    [InlineData(SessionState.Closed, Actor.Client, "command", ProblemCodes.HostOnly)]
    [InlineData(SessionState.Closed, Actor.Client, "reopen", null)]
    [InlineData(SessionState.Closed, Actor.Client, "terminate", ProblemCodes.HostOnly)]
    [InlineData(SessionState.Closed, Actor.Stranger, "reopen", ProblemCodes.SessionNotFound)]
    [InlineData(SessionState.Terminated, Actor.Host, "invite", ProblemCodes.SessionTerminated)]
    [InlineData(SessionState.Terminated, Actor.Host, "command", ProblemCodes.SessionTerminated)]
    [InlineData(SessionState.Terminated, Actor.Host, "break", ProblemCodes.SessionTerminated)]
    [InlineData(SessionState.Terminated, Actor.Host, "close", ProblemCodes.SessionTerminated)]
    [InlineData(SessionState.Terminated, Actor.Host, "reopen", ProblemCodes.SessionTerminated)]
    [InlineData(SessionState.Terminated, Actor.Host, "terminate", null)]
    [InlineData(SessionState.Terminated, Actor.Client, "command", ProblemCodes.HostOnly)]
    [InlineData(SessionState.Terminated, Actor.Client, "reopen", ProblemCodes.SessionTerminated)]
    [InlineData(SessionState.Terminated, Actor.Stranger, "terminate", ProblemCodes.SessionNotFound)]
    public void Request_WhenAskedByActorInState_IsAnsweredAsTheRulesSay(SessionState state, Actor actor, string request, string? refusal)
    {
        var session = In(state);
        var caller = actor switch { Actor.Host => Ann.Id, Actor.Client => Bob.Id, _ => Eve.Id };

        var decision = request switch
        {
            "invite" => SessionRules.Invite(session, caller, People(1), "r", Now),
            "command" => SessionRules.EnterCommand(session, caller, "c1", "bt", agentIsReachable: true, Now),
            "break" => SessionRules.Press(session, caller, "b1", null, null, agentIsReachable: true, Now),
            "close" => LifecycleRules.Close(session, caller, null, true, 0, "r", Now),
            "reopen" => LifecycleRules.Reopen(session, caller, ReopenSession.AsRecorded, Now),
            "terminate" => LifecycleRules.Terminate(session, caller, TargetFate.LetRun, 0, Now),
            _ => throw new ArgumentOutOfRangeException(nameof(request)),
        };

        Assert.Equal(refusal, (decision as Decision.Refuse)?.Refusal.Code);
    }

    [Fact]
    public void Invite_WhenElevenAreAsked_InvitesNobody()
    {
        var session = HostedBy(Ann).WithClients(People(4));

        var decision = SessionRules.Invite(session, Ann.Id, People(7, "other"), "r", Now);

        Assert.Contains("10", Assert.IsType<Decision.Refuse>(decision).Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invite_WhenSomeAreInvitedAlready_CountsOnlyTheNewOnes()
    {
        var session = HostedBy(Ann).WithClients(People(9));

        var after = session.With(SessionRules.Invite(session, Ann.Id, [.. People(9), Bob, Bob], "r", Now));

        Assert.Equal(10, after.Clients.Length);
    }

    [Fact]
    public void Invite_WhenTheHostInvitesThemselves_CountsAsOneOfTheTen()
    {
        var session = HostedBy(Ann).With(SessionRules.Invite(HostedBy(Ann), Ann.Id, [Ann], "r", Now));

        Assert.IsType<Decision.Refuse>(SessionRules.Invite(session, Ann.Id, People(10), "r", Now));
        Assert.IsType<Decision.Record>(SessionRules.Invite(session, Ann.Id, People(9), "r", Now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\t")]
    [InlineData("bt\nquit")]
    [InlineData("bt\u001b[2J")]
    public void EnterCommand_WhenTheLineIsNoCommand_IsRefused(string text) =>
        Assert.Equal(ProblemCodes.InvalidRequest, Refused(SessionRules.EnterCommand(HostedBy(Ann), Ann.Id, "c", text, true, Now)));

    [Fact]
    public void EnterCommand_WhenItIsLongerThanADebuggerTakes_IsRefused()
    {
        Assert.IsType<Decision.Record>(SessionRules.EnterCommand(HostedBy(Ann), Ann.Id, "c", new string('x', 4096), true, Now));
        Assert.Equal(ProblemCodes.InvalidRequest, Refused(SessionRules.EnterCommand(HostedBy(Ann), Ann.Id, "c", new string('x', 4097), true, Now)));
    }

    [Fact]
    public void EnterCommand_WhenItHasTabs_RecordsSpaces()
    {
        var after = HostedBy(Ann).With(SessionRules.EnterCommand(HostedBy(Ann), Ann.Id, "c", "x/4\t$sp", true, Now));

        Assert.Equal("x/4 $sp", Assert.Single(after.Commands).Text);
    }

    [Fact]
    public void EnterCommand_WhenAHundredWait_IsRefused()
    {
        var session = HostedBy(Ann);
        for (var i = 0; i < 100; i++)
            session = session.With(SessionRules.EnterCommand(session, Ann.Id, $"c{i}", "bt", true, Now));

        Assert.Equal(ProblemCodes.LimitReached, Refused(SessionRules.EnterCommand(session, Ann.Id, "c100", "bt", true, Now)));
    }

    [Fact]
    public void EnterCommand_WhenTheAgentIsUnreachable_IsRefused() =>
        Assert.Equal(ProblemCodes.DebuggerOffline, Refused(SessionRules.EnterCommand(HostedBy(Ann), Ann.Id, "c", "bt", agentIsReachable: false, Now)));

    [Fact]
    public void MayRead_WhenSevenDaysHavePassedSinceTermination_IsOverForClientsToTheSecond()
    {
        var session = In(SessionState.Terminated);

        Assert.True(SessionRules.MayRead(session, Bob.Id, Now.AddDays(7).AddTicks(-1)));
        Assert.False(SessionRules.MayRead(session, Bob.Id, Now.AddDays(7)));
        Assert.True(SessionRules.MayRead(session, Ann.Id, Now.AddDays(80)));
        Assert.False(SessionRules.MayRead(session, Eve.Id, Now));
    }

    [Fact]
    public void AfterAgentLost_WhenTheAgentHoldsSomeCommands_CancelsOnlyTheOthers()
    {
        var session = HostedBy(Ann) with
        {
            Commands =
            [
                new("running", "x", SessionRules.Store(Ann), 5, IsRunning: true),
                new("handed", "y", SessionRules.Store(Ann), 6, IsRunning: false),
                new("waiting", "z", SessionRules.Store(Ann), 7, IsRunning: false),
            ],
        };

        var after = session.With(new Decision.Record(SessionRules.AfterAgentLost(session, handedThrough: 6)));

        Assert.Equal(["running", "handed"], after.Commands.Select(command => command.Id));
        Assert.Equal(DebuggerState.Offline, after.Debugger);
        Assert.Equal(DebuggerState.Ready, after.BeforeOffline);
    }

    [Fact]
    public void AfterAgentBack_WhenItHadActedOnSome_CancelsOnlyTheOthers()
    {
        var session = HostedBy(Ann) with
        {
            Debugger = DebuggerState.Offline,
            BeforeOffline = DebuggerState.Busy,
            Commands = [new("acted", "y", SessionRules.Store(Ann), 6, IsRunning: false), new("waiting", "z", SessionRules.Store(Ann), 7, IsRunning: false)],
        };

        var after = session.With(new Decision.Record(SessionRules.AfterAgentBack(session, lastInstruction: 6)));

        Assert.Equal("acted", Assert.Single(after.Commands).Id);
        Assert.Equal(DebuggerState.Busy, after.Debugger);
    }

    [Theory]
    [InlineData("", "name")]
    [InlineData(" ", "name")]
    [InlineData("a\u202Eb", "invisible")]
    [InlineData("a\nb", "control")]
    [InlineData("a\u200Bb", "invisible")]
    public void CheckHost_WhenTheNameIsBad_NamesTheReason(string name, string word)
    {
        var refusal = SessionRules.CheckHost(new Account(Ann, true, true, false), "lab", "/usr/bin/gdb", "", name, "");

        Assert.Equal(ProblemCodes.InvalidRequest, refusal?.Code);
        Assert.Contains(word, refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckHost_WhenTheListIsFull_IsRefused() =>
        Assert.Equal(ProblemCodes.LimitReached, SessionRules.CheckHost(new Account(Ann, true, true, false, IsListFull: true), "lab", "/usr/bin/gdb", "", "n", "")?.Code);

    [Fact]
    public void CheckHost_WhenTheAccountMayNotHost_IsRefused() =>
        Assert.Equal(ProblemCodes.NotPermitted, SessionRules.CheckHost(new Account(Bob, false, true, false), "lab", "/usr/bin/gdb", "", "n", "")?.Code);

    private static Session In(SessionState state)
    {
        var session = HostedBy(Ann).WithClients(Bob);
        return state switch
        {
            SessionState.Closed => session.With(LifecycleRules.Close(session, Ann.Id, null, true, 0, "r", Now)),
            SessionState.Terminated => session.With(LifecycleRules.Terminate(session, Ann.Id, TargetFate.LetRun, 0, Now)),
            _ => session,
        };
    }

    private static string Refused(Decision decision) => Assert.IsType<Decision.Refuse>(decision).Refusal.Code;
}
