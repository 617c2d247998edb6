using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Rule A4 inside a session.</summary>
public sealed class SessionPermissionRulesTests
{
    /// <summary>Every permission, before and after, of everybody, in every state of the session.</summary>
    public static TheoryData<SessionState, bool, bool, bool, bool, string> Everything()
    {
        var data = new TheoryData<SessionState, bool, bool, bool, bool, string>();
        foreach (var state in Enum.GetValues<SessionState>())
        {
            for (var bits = 0; bits < 16; bits++)
            {
                foreach (var who in (string[])["ann", "bob", "eve"])
                    data.Add(state, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, who);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void AfterPermissionsChanged_WhoeverItIs_FitsTheSessionToWhatTheyMayDo(SessionState state, bool couldHost, bool couldJoin, bool mayHost, bool mayJoin, string who)
    {
        var person = who switch { "ann" => Ann, "bob" => Bob, _ => Eve };
        var before = After(HostedBy(Ann).WithClients(Bob), person, couldHost, couldJoin) with { State = state };

        var entries = SessionRules.AfterPermissionsChanged(before, person.Id, mayHost, mayJoin, handedThrough: 0);
        var after = before.With(new Decision.Record(entries));

        Assert.Equal(who switch
        {
            "ann" => mayHost || mayJoin,
            "bob" => mayJoin,
            _ => false,
        }, SessionRules.MayRead(after, person.Id, Now));
        Assert.Equal(who is "ann" && !mayHost, after.HostMayNotHost);
        Assert.Equal(who is "ann" && !mayHost && state is SessionState.Active ? SessionState.Closed : state, after.State);
        Assert.Empty(SessionRules.AfterPermissionsChanged(after, person.Id, mayHost, mayJoin, handedThrough: 0));
        Assert.True((couldHost, couldJoin) != (mayHost, mayJoin) || state is SessionState.Active || entries.Length == 0);
        // Nobody else notices anything in their own rights.
        foreach (var other in new[] { Ann, Bob, Eve }.Where(other => other != person))
            Assert.Equal(SessionRules.MayRead(before, other.Id, Now), SessionRules.MayRead(after, other.Id, Now));
    }

    [Fact]
    public void AfterPermissionsChanged_WhenTheHostMayHostNoMore_CancelsOnlyWhatTheAgentDoesNotHave()
    {
        var session = HostedBy(Ann) with
        {
            Commands =
            [
                new SessionCommand("running", "k", SessionRules.Store(Ann), 5, IsRunning: true),
                new SessionCommand("handed", "r", SessionRules.Store(Ann), 6, IsRunning: false),
                new SessionCommand("waiting", "g", SessionRules.Store(Ann), 7, IsRunning: false),
            ],
        };

        var entries = SessionRules.AfterPermissionsChanged(session, Ann.Id, mayHost: false, mayJoin: true, handedThrough: 6);

        Assert.Equal([SessionLogEntryKind.HostingTakenAway, SessionLogEntryKind.CommandCancelled, SessionLogEntryKind.SessionClosed], entries.Select(entry => entry.Kind));
        Assert.Equal("waiting", entries[1].Body.CommandId);
        Assert.Equal("Ann Host may not host sessions any more", entries[2].Body.Text);
    }

    [Fact]
    public void AfterPermissionsChanged_WhenAnOperatorMayNotJoin_TheyHaveNoRightUntilTheyMayAgainAndNothingOfThemWaits()
    {
        var session = HostedBy(Ann).WithClients(Bob) with
        {
            Operators = [new SessionOperator(Bob.Id.ToString(), OperatorRight.Full)],
            Commands =
            [
                new SessionCommand("theirs", "k", SessionRules.Store(Bob), 5, IsRunning: false),
                new SessionCommand("the host's", "r", SessionRules.Store(Ann), 6, IsRunning: false),
            ],
        };

        var without = After(session, Bob, mayHost: true, mayJoin: false);

        Assert.Null(without.RightOf(Bob.Id.ToString()));
        Assert.Equal(Abstractions.Refusals.SessionNotFound, OperatorRules.CheckCommand(without, Bob.Id, "bt", Now));
        Assert.Equal(Abstractions.Refusals.SessionNotFound, OperatorRules.CheckFullControl(without, Bob.Id, Now, "interrupt the debugger"));
        Assert.Equal([true, false], without.Commands.Select(command => command.RemovalAskedBy > 0));
        Assert.Equal(OperatorRight.Full, After(without, Bob, mayHost: false, mayJoin: true).RightOf(Bob.Id.ToString()));
    }

    [Fact]
    public void CheckHosting_WhenTheHostMayNotHost_LetsNothingBeginAndEverythingEnd()
    {
        var session = After(HostedBy(Ann).WithClients(Bob), Ann, mayHost: false, mayJoin: true);

        Assert.Equal(ProblemCodes.NotPermitted, SessionRules.CheckHosting(session, LifecycleRules.Reopen(session, Ann.Id, ReopenSession.AsRecorded, Now))?.Code);
        Assert.Equal(ProblemCodes.NotPermitted, SessionRules.CheckHosting(session, LifecycleRules.Reopen(session, Bob.Id, ReopenSession.AsRecorded, Now))?.Code);
        Assert.Equal(ProblemCodes.NotPermitted, SessionRules.CheckHosting(session, SessionRules.Invite(session, Ann.Id, [Eve], "r1", Now))?.Code);
        Assert.Null(SessionRules.CheckHosting(session, LifecycleRules.Terminate(session, Ann.Id, TargetFate.LetRun, handedThrough: 0, Now)));
        var given = After(session, Ann, mayHost: true, mayJoin: true);
        Assert.Null(SessionRules.CheckHosting(given, LifecycleRules.Reopen(given, Ann.Id, ReopenSession.AsRecorded, Now)));
    }

    [Fact]
    public void CheckHostOnly_WhenTheHostMayNeitherHostNorJoin_ThereIsNoSuchSession()
    {
        var session = After(HostedBy(Ann), Ann, mayHost: false, mayJoin: false);

        Assert.Equal(new Decision.Refuse(Abstractions.Refusals.SessionNotFound), LifecycleRules.Terminate(session, Ann.Id, TargetFate.LetRun, handedThrough: 0, Now));
    }

    [Fact]
    public void Fold_WhenAnInvitationEnds_AnotherOneIsForSomebodyWhoMayJoin()
    {
        var withoutBob = After(HostedBy(Ann).WithClients(Bob), Bob, mayHost: false, mayJoin: false);
        Assert.False(SessionRules.MayRead(withoutBob, Bob.Id, Now));

        var damaged = withoutBob.With(SessionLogEntryKind.TranscriptDamaged, new SessionLogEntryBody { Text = "x" });
        var invited = damaged.With(SessionRules.Invite(damaged, Ann.Id, [Bob], "r1", Now));

        Assert.True(SessionRules.MayRead(invited, Bob.Id, Now));
    }

    private static Session After(Session session, Person person, bool mayHost, bool mayJoin) =>
        session.With(new Decision.Record(SessionRules.AfterPermissionsChanged(session, person.Id, mayHost, mayJoin, handedThrough: 0)));
}
