using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Operators (rules E1, E3, E7): who may enter what, and what becomes of what waits.</summary>
public sealed class OperatorRulesTests
{
    private static readonly Session Hosted = HostedBy(Ann) with
    {
        Clients = [SessionRules.Store(Bob)],
        DebuggerKind = "gdb",
        Debugger = DebuggerState.Ready,
        Prompt = "(gdb) ",
    };

    public static TheoryData<SessionState, string, OperatorRight?, string, string, bool> Everything()
    {
        var data = new TheoryData<SessionState, string, OperatorRight?, string, string, bool>();
        foreach (var state in Enum.GetValues<SessionState>())
            foreach (var actor in (string[])["host", "client", "stranger"])
                foreach (var right in (OperatorRight?[])[null, OperatorRight.Inspect, OperatorRight.Full])
                    foreach (var kind in (string[])["gdb", "kd", "unheard-of"])
                        foreach (var text in (string[])["bt", "k; r", "shell id", "k; .shell id", "q"])
                            foreach (var isContinuing in (bool[])[false, true])
                                data.Add(state, actor, right, kind, text, isContinuing);
        return data;
    }

    /// <summary>The rules once more: may you see it, have you the right, does the right cover the line, and then what anybody is asked.</summary>
    [Theory]
    [MemberData(nameof(Everything))]
    public void EnterCommand_WhenAskedByActorWithRight_IsAnsweredAsTheRulesSay(SessionState state, string actor, OperatorRight? right, string kind, string text, bool isContinuing)
    {
        var session = (right is { } given ? Granted(Hosted, given) : Hosted) with
        {
            State = state,
            TerminatedAt = state is SessionState.Terminated ? Now : null,
            DebuggerKind = kind,
            Prompt = isContinuing ? ">" : kind == "kd" ? "0: kd> " : "(gdb) ",
        };
        var caller = actor switch { "host" => Ann.Id, "client" => Bob.Id, _ => Eve.Id };
        var mayRead = (kind, text) is ("gdb", "bt") or ("kd", "k; r");
        var isCovered = actor is "host" || right is OperatorRight.Full || (mayRead && !isContinuing);
        var expected = actor is "stranger" ? ProblemCodes.SessionNotFound
            : actor is "client" && right is null ? ProblemCodes.HostOnly
            : !isCovered ? ProblemCodes.FullControlOnly
            : state is SessionState.Terminated ? ProblemCodes.SessionTerminated
            : state is SessionState.Closed ? ProblemCodes.SessionClosed
            : null;

        var decision = SessionRules.EnterCommand(session, caller, "c1", text, true, Now);

        Assert.Equal(expected, (decision as Decision.Refuse)?.Refusal.Code);
        if (expected is null)
        {
            var body = Assert.Single(((Decision.Record)decision).Entries).Body;
            Assert.Equal((actor is "host" ? Ann.Name : Bob.Name, actor is "host" ? null : right), (body.Author!.Name, body.Right));
        }
    }

    [Theory]
    [InlineData("host", null, null)]
    [InlineData("client", null, ProblemCodes.HostOnly)]
    [InlineData("client", OperatorRight.Inspect, ProblemCodes.FullControlOnly)]
    [InlineData("client", OperatorRight.Full, null)]
    [InlineData("stranger", OperatorRight.Full, ProblemCodes.SessionNotFound)]
    public void Press_WhenAskedByActorWithRight_NeedsFullControl(string actor, OperatorRight? right, string? expected)
    {
        var session = right is { } given ? Granted(Hosted, given) : Hosted;
        var caller = actor switch { "host" => Ann.Id, "client" => Bob.Id, _ => Eve.Id };

        var decision = SessionRules.Press(session, caller, "id", null, null, true, Now);

        Assert.Equal(expected, (decision as Decision.Refuse)?.Refusal.Code);
        if (decision is Decision.Record { Entries: [var entry] })
            Assert.Equal(actor is "host" ? Ann.Name : Bob.Name, entry.Body.Author!.Name);
    }

    [Fact]
    public void EverythingOfTheHost_WhenAskedByAnOperator_IsRefused()
    {
        var session = Waiting(Granted(Hosted, OperatorRight.Full), Bob, OperatorRight.Full);

        Assert.All<Decision>(
            [
                OperatorRules.Grant(session, Bob.Id, Bob.Email, OperatorRight.Inspect, Now),
                OperatorRules.Ungrant(session, Bob.Id, Bob.Email, Now),
                OperatorRules.RemoveCommand(session, Bob.Id, "c0", Now),
                SessionRules.Invite(session, Bob.Id, [Eve], "r1", Now),
            ],
            decision => Assert.Equal(ProblemCodes.HostOnly, Assert.IsType<Decision.Refuse>(decision).Refusal.Code));
    }

    [Fact]
    public void Grant_WhenThePersonIsNotInvited_IsRefused()
    {
        var decision = OperatorRules.Grant(Hosted, Ann.Id, Eve.Email, OperatorRight.Inspect, Now);

        Assert.Equal(ProblemCodes.UserNotFound, Assert.IsType<Decision.Refuse>(decision).Refusal.Code);
    }

    [Fact]
    public void Grant_WhenTheRightIsTheirsAlready_RecordsNothing() =>
        Assert.Empty(Assert.IsType<Decision.Record>(OperatorRules.Grant(Granted(Hosted, OperatorRight.Full), Ann.Id, Bob.Email, OperatorRight.Full, Now)).Entries);

    [Fact]
    public void Ungrant_WhenTheirCommandsWait_AsksForTheirRemovalOnly()
    {
        var session = Waiting(Waiting(Granted(Hosted, OperatorRight.Full), Ann, null), Bob, OperatorRight.Full);

        var entries = Assert.IsType<Decision.Record>(OperatorRules.Ungrant(session, Ann.Id, Bob.Email.ToUpperInvariant(), Now)).Entries;

        Assert.Equal([SessionLogEntryKind.OperatorRevoked, SessionLogEntryKind.CommandRemovalAsked], entries.Select(entry => entry.Kind));
        Assert.Equal("c1", entries[1].Body.CommandId);
        var after = session.With(new Decision.Record(entries));
        Assert.Null(after.RightOf(Bob.Id.ToString()));
        Assert.Equal([false, true], after.Commands.Select(command => command.RemovalAskedBy > 0));
    }

    [Fact]
    public void Ungrant_WhenTheirCommandHasStarted_LeavesItToBreak()
    {
        var session = Waiting(Granted(Hosted, OperatorRight.Full), Bob, OperatorRight.Full);
        session = session with { Commands = [session.Commands[0] with { IsRunning = true }] };

        var entries = Assert.IsType<Decision.Record>(OperatorRules.Ungrant(session, Ann.Id, Bob.Email, Now)).Entries;

        Assert.Equal(SessionLogEntryKind.OperatorRevoked, Assert.Single(entries).Kind);
    }

    /// <summary>What they entered with full control may be anything; what they entered as one who inspects may stay.</summary>
    [Fact]
    public void Grant_WhenFullControlBecomesInspect_AsksForRemovalOfWhatWasEnteredWithFullControl()
    {
        var session = Waiting(Granted(Hosted, OperatorRight.Inspect), Bob, OperatorRight.Inspect);
        session = Waiting(Granted(session, OperatorRight.Full), Bob, OperatorRight.Full);

        var entries = Assert.IsType<Decision.Record>(OperatorRules.Grant(session, Ann.Id, Bob.Email, OperatorRight.Inspect, Now)).Entries;

        Assert.Equal("c1", Assert.Single(entries, entry => entry.Kind is SessionLogEntryKind.CommandRemovalAsked).Body.CommandId);
    }

    [Fact]
    public void RemoveCommand_IsAskedOnceAndOnlyOfWhatWaits()
    {
        var session = Waiting(Hosted, Ann, null);

        Assert.Equal(ProblemCodes.WrongState, Assert.IsType<Decision.Refuse>(OperatorRules.RemoveCommand(session, Ann.Id, "other", Now)).Refusal.Code);
        var running = session with { Commands = [session.Commands[0] with { IsRunning = true }] };
        Assert.Equal(ProblemCodes.WrongState, Assert.IsType<Decision.Refuse>(OperatorRules.RemoveCommand(running, Ann.Id, "c0", Now)).Refusal.Code);
        var asked = session.With(OperatorRules.RemoveCommand(session, Ann.Id, "c0", Now));
        Assert.True(asked.Commands[0].RemovalAskedBy > 0);
        Assert.Empty(Assert.IsType<Decision.Record>(OperatorRules.RemoveCommand(asked, Ann.Id, "c0", Now)).Entries);
    }

    [Fact]
    public void Damage_WithdrawsOperators()
    {
        var damaged = Granted(Hosted, OperatorRight.Full).With(new Decision.Record([SessionRules.AfterDamage(1, 2)]));

        Assert.Empty(damaged.Operators);
        Assert.Null(damaged.RightOf(Bob.Id.ToString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Revoke_OrLeave_OfAnOperator_EndsTheirRightPlaceAndWhatWaits(bool revoked)
    {
        var session = Waiting(Waiting(Granted(Hosted, OperatorRight.Full), Ann, null), Bob, OperatorRight.Full) with { Joined = [new(Bob.Id.ToString(), "desk", "Bob's desk")] };

        var after = session.With(revoked ? SessionRules.Revoke(session, Ann.Id, Bob.Email, Now) : SessionRules.Leave(session, Bob.Id, Now));

        Assert.Empty(after.Operators);
        Assert.Empty(after.Joined);
        Assert.Equal([false, true], after.Commands.Select(command => command.RemovalAskedBy > 0));
        Assert.Null(after.With(SessionRules.Invite(after, Ann.Id, [Bob], "r2", Now)).RightOf(Bob.Id.ToString()));
    }

    [Fact]
    public void RightOf_WhenTheyAreNotInvitedAnyMore_IsNone() =>
        Assert.Null((Granted(Hosted, OperatorRight.Full) with { Clients = [] }).RightOf(Bob.Id.ToString()));

    private static Session Granted(Session session, OperatorRight right) => session.With(OperatorRules.Grant(session, Ann.Id, Bob.Email, right, Now));

    private static Session Waiting(Session session, Person author, OperatorRight? right) => session with
    {
        Commands = [.. session.Commands, new SessionCommand($"c{session.Commands.Length}", "bt", SessionRules.Store(author), session.Commands.Length + 1, false, IsInspect: right is OperatorRight.Inspect)],
    };
}
