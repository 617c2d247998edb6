using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Rules C2, C3 and C5, and what the log makes the session tell people.</summary>
public sealed class InvitationRulesTests
{
    private long sequence;

    [Fact]
    public void Revoke_WhenTheHostTakesAnInvitationBack_FreesThePlaceAndTheyCanBeInvitedAgain()
    {
        var full = After(HostedBy(Ann), SessionRules.Invite(HostedBy(Ann), Ann.Id, [.. People(9), Bob], "r", Now));
        Assert.IsType<Decision.Refuse>(SessionRules.Invite(full, Ann.Id, [Eve], "r", Now));

        var revoked = After(full, SessionRules.Revoke(full, Ann.Id, " BOB@fabrikam.example", Now));
        var again = After(revoked, SessionRules.Invite(revoked, Ann.Id, [Bob], "r", Now));

        Assert.False(SessionRules.MayRead(revoked, Bob.Id, Now));
        Assert.Equal(9, revoked.Clients.Length);
        Assert.True(SessionRules.MayRead(again, Bob.Id, Now));
    }

    [Fact]
    public void Revoke_WhenNamedByTheTextOfTheId_FindsThem()
    {
        var odd = PersonOf("o'brien@fabrikam.example", "Odd", "Fabrikam");
        var session = HostedBy(Ann).WithClients(odd);

        Assert.Empty(After(session, SessionRules.Revoke(session, Ann.Id, odd.Id.ToString(), Now)).Clients);
        Assert.Empty(After(session, SessionRules.Revoke(session, Ann.Id, "O'Brien@fabrikam.example", Now)).Clients);
    }

    [Theory]
    [InlineData("ann", ProblemCodes.UserNotFound)]
    [InlineData("bob", ProblemCodes.HostOnly)]
    [InlineData("eve", ProblemCodes.SessionNotFound)]
    public void Revoke_WhenItCanNotBe_SaysWhy(string caller, string code)
    {
        var session = HostedBy(Ann).WithClients(Bob);
        var who = caller switch { "ann" => Ann, "bob" => Bob, _ => Eve };

        Assert.Equal(code, Assert.IsType<Decision.Refuse>(SessionRules.Revoke(session, who.Id, "client1@fabrikam.example", Now)).Refusal.Code);
    }

    [Fact]
    public void Leave_WhenTheClientHasNeverOpenedIt_IsADeclineAndFreesThePlace()
    {
        var session = HostedBy(Ann).WithClients(Bob);

        var decision = SessionRules.Leave(session, Bob.Id, Now);

        Assert.Equal(SessionLogEntryKind.InvitationDeclined, Assert.Single(((Decision.Record)decision).Entries).Kind);
        Assert.Empty(After(session, decision).Clients);
    }

    [Fact]
    public void Leave_WhenTheClientHasOpenedIt_IsALeaveAndALaterInvitationBeginsAnew()
    {
        var session = HostedBy(Ann).WithClients(Bob);
        session = After(session, new Decision.Record(SessionRules.AfterOpened(session, Bob.Id)));
        Assert.Empty(SessionRules.AfterOpened(session, Bob.Id));

        var decision = SessionRules.Leave(session, Bob.Id, Now);
        var left = After(session, decision);
        var again = After(left, SessionRules.Invite(left, Ann.Id, [Bob], "r", Now));

        Assert.Equal(SessionLogEntryKind.ClientLeft, Assert.Single(((Decision.Record)decision).Entries).Kind);
        Assert.Equal(SessionLogEntryKind.InvitationDeclined, Assert.Single(((Decision.Record)SessionRules.Leave(again, Bob.Id, Now)).Entries).Kind);
    }

    [Fact]
    public void Leave_WhenTheHostInvitedThemselves_GivesUpThatPlaceOnly()
    {
        var session = HostedBy(Ann).WithClients(Ann);

        var left = After(session, SessionRules.Leave(session, Ann.Id, Now));

        Assert.Empty(left.Clients);
        Assert.True(SessionRules.MayRead(left, Ann.Id, Now));
        Assert.Equal(ProblemCodes.WrongState, Assert.IsType<Decision.Refuse>(SessionRules.Leave(left, Ann.Id, Now)).Refusal.Code);
    }

    [Fact]
    public void Opened_WhenTheSessionIsTerminatedOrTheReaderIsNoClient_IsNoAnswerToAnInvitation()
    {
        var session = HostedBy(Ann).WithClients(Bob);

        Assert.Empty(SessionRules.AfterOpened(session, Ann.Id));
        Assert.Empty(SessionRules.AfterOpened(session with { State = SessionState.Terminated }, Bob.Id));
    }

    [Fact]
    public void Notices_WhenSeveralAreInvitedAtOnce_AreOneForEachAndOneForTheHost()
    {
        var session = After(HostedBy(Ann), SessionRules.Invite(HostedBy(Ann), Ann.Id, [.. People(2), Bob], "r", Now));

        Assert.Equal([SessionNoticeKind.Invited, SessionNoticeKind.Invited, SessionNoticeKind.Invited, SessionNoticeKind.HostInvited], session.Notices.Select(notice => notice.Kind));
        Assert.Equal([1, 2, 3, 1], session.Notices.Select(notice => notice.Sequence));
        Assert.Equal(session.Clients, session.Notices[^1].People);
    }

    [Fact]
    public void Notices_WhenAnInvitationEndsBeforeItsPersonWasTold_AreTheNewestForThatPerson()
    {
        var session = After(HostedBy(Ann), SessionRules.Invite(HostedBy(Ann), Ann.Id, [Bob], "r", Now));
        session = After(session, SessionRules.Revoke(session, Ann.Id, Bob.Email, Now));
        Assert.Equal([(1L, SessionNoticeKind.HostInvited), (2L, SessionNoticeKind.Ended)], session.Notices.Select(notice => (notice.Sequence, notice.Kind)));

        session = After(session, SessionRules.Invite(session, Ann.Id, [Bob], "r2", Now));

        Assert.Equal(
            [(1L, SessionNoticeKind.HostInvited), (3L, SessionNoticeKind.Invited), (3L, SessionNoticeKind.HostInvited)],
            session.Notices.Select(notice => (notice.Sequence, notice.Kind)));
    }

    [Fact]
    public void Notices_WhenTheTranscriptIsDamaged_EndEveryInvitation()
    {
        var session = HostedBy(Ann).WithClients([.. People(2)]).With(SessionLogEntryKind.TranscriptDamaged, new SessionLogEntryBody { Text = "" });

        Assert.Equal(2, session.Notices.Count(notice => notice.Kind is SessionNoticeKind.Ended));
    }

    [Fact]
    public void Notices_WhenTheEntryIsFromBeforeMailWasSent_AskForNone()
    {
        var session = HostedBy(Ann).With(SessionLogEntryKind.ClientInvited, new SessionLogEntryBody { Author = SessionRules.Store(Ann), Person = SessionRules.Store(Bob) });

        Assert.Null(Assert.Single(session.Notices).Request);
    }

    [Fact]
    public void Invite_WhenTooMuchIsUntold_IsRefusedUntilTheServerHasCaughtUp()
    {
        var session = HostedBy(Ann);
        for (var i = 0; i < Limits.UntoldChanges / 2; i++)
        {
            Person person = People(i + 1)[^1];
            session = After(session, SessionRules.Invite(session, Ann.Id, [person], $"r{i}", Now));
            session = After(session, SessionRules.Revoke(session, Ann.Id, person.Email, Now));
        }

        Assert.Equal(ProblemCodes.Unavailable, Assert.IsType<Decision.Refuse>(SessionRules.Invite(session, Ann.Id, [Bob], "r", Now)).Refusal.Code);
        Assert.IsType<Decision.Record>(SessionRules.Invite(session with { Notices = [] }, Ann.Id, [Bob], "r", Now));
    }

    private Session After(Session session, Decision decision)
    {
        foreach (var entry in ((Decision.Record)decision).Entries)
            session = SessionFold.Apply(session, new SessionLogEntry(++sequence, Now.ToUnixTimeMilliseconds(), entry.Kind, entry.Body.Encode()));
        return session;
    }
}
