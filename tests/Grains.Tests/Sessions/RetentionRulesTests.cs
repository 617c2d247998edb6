using CsCheck;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>What is due when, what counts as using a session, and what a deletion needs (rules F7, F8).</summary>
public sealed class RetentionRulesTests
{
    private static readonly SessionOptions Options = new();

    private static readonly Session Closed = HostedBy(Ann).WithClients(Bob) with { State = SessionState.Closed, TouchedAt = Now };

    private static readonly Session Announced = Closed with { TerminationAnnouncedFor = Now.AddDays(60) };

    private static readonly Session Terminated = HostedBy(Ann).WithClients(Bob) with { State = SessionState.Terminated, TerminatedAt = Now, RunIsOver = true };

    /// <summary>At the moment and not before; of several things that are due, which comes first.</summary>
    [Theory]
    [InlineData("active", 3_000, null)]
    [InlineData("closed", 29.99, null)]
    [InlineData("closed", 30, SessionLogEntryKind.TerminationAnnounced)]
    [InlineData("closed", 300, SessionLogEntryKind.TerminationAnnounced)]
    [InlineData("announced", 59.99, null)]
    [InlineData("announced", 60, SessionLogEntryKind.SessionTerminated)]
    [InlineData("announced late", 89.99, null)]
    [InlineData("announced late", 90, SessionLogEntryKind.SessionTerminated)]
    [InlineData("terminated", 6.99, null)]
    [InlineData("terminated", 7, SessionLogEntryKind.InvitationsExpired)]
    [InlineData("terminated", 89.99, SessionLogEntryKind.InvitationsExpired)]
    [InlineData("terminated", 90, SessionLogEntryKind.DeletionAsked)]
    [InlineData("without clients", 89.99, null)]
    [InlineData("without clients", 90, SessionLogEntryKind.DeletionAsked)]
    [InlineData("deleted", 3_000, null)]
    [InlineData("nothing", 3_000, null)]
    public void WhatIsDue_AfterSoManyDays_IsThis(string state, double days, SessionLogEntryKind? expected)
    {
        var session = state switch
        {
            "active" => Closed with { State = SessionState.Active },
            "closed" => Closed,
            "announced" => Announced,
            "announced late" => Closed with { TerminationAnnouncedFor = Now.AddDays(90) },
            "terminated" => Terminated,
            "without clients" => Terminated with { Clients = [] },
            "deleted" => Terminated with { IsDeleted = true },
            _ => new Session(),
        };

        Assert.Equal(expected, RetentionRules.WhatIsDue(session, Options, 0, Now.AddDays(days)).SingleOrDefault()?.Kind);
        if (expected is not null)
            Assert.True(RetentionRules.NextAt(session, Options) <= Now.AddDays(days));
    }

    [Theory]
    [InlineData(30, 60)]
    [InlineData(45, 75)]
    [InlineData(400, 430)]
    public void Announcement_HoweverLateItIsMade_LeavesTheHostTheWholeTime(double daysLate, double daysUntil)
    {
        var entry = Assert.Single(RetentionRules.WhatIsDue(Closed, Options, 0, Now.AddDays(daysLate)));

        Assert.Equal(Now.AddDays(daysUntil), entry.Body.Until);
        Assert.Contains(Now.AddDays(daysUntil).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture), entry.Body.Text, StringComparison.Ordinal);
        var after = Closed.With(new Decision.Record([entry]));
        Assert.Equal(Now.AddDays(daysUntil), after.TerminationAnnouncedFor);
        var notice = Assert.Single(after.Notices);
        Assert.Equal((SessionNoticeKind.TerminationAnnounced, Ann.Name, Now.AddDays(daysUntil)), (notice.Kind, notice.Person.Name, notice.Until!.Value));
    }

    [Fact]
    public void TerminateForgotten_WhenTheTimesWereMadeLonger_WaitsForThem_AndNeverComesBeforeTheAnnouncedDate()
    {
        var longer = new SessionOptions { TerminateClosedAfter = TimeSpan.FromDays(100) };
        var shorter = new SessionOptions { AnnounceClosedAfter = TimeSpan.FromDays(1), TerminateClosedAfter = TimeSpan.FromDays(2) };

        Assert.Equal(Now.AddDays(100), RetentionRules.NextAt(Announced, longer));
        Assert.Equal(Now.AddDays(60), RetentionRules.NextAt(Announced, shorter));
    }

    [Theory]
    [InlineData(60, "closed for 60 days and not re-opened")]
    [InlineData(61.9, "closed for 61 days and not re-opened")]
    [InlineData(1, "closed for 1 day and not re-opened")]
    [InlineData(0.5, "closed for less than a day and not re-opened")]
    public void TerminateForgotten_NamesTheReasonAndNobody_AndLeavesTheTargetAsItIs(double days, string reason)
    {
        var session = Announced with { Commands = [new("handed", "y", SessionRules.Store(Ann), 6, IsRunning: false), new("waiting", "z", SessionRules.Store(Ann), 7, IsRunning: false)] };

        var entries = LifecycleRules.TerminateForgotten(session, handedThrough: 6, Now.AddDays(days));
        var after = session.With(new Decision.Record(entries));

        Assert.Equal([SessionLogEntryKind.CommandCancelled, SessionLogEntryKind.SessionTerminated], entries.Select(entry => entry.Kind));
        Assert.Equal((reason, null, null), (entries[1].Body.Text, entries[1].Body.Author, entries[1].Body.Target));
        Assert.Equal((SessionState.Terminated, true, null), (after.State, after.EndAskedBy > 0, after.EndTarget));
    }

    [Fact]
    public void TerminateForgotten_WhenAFateWasChosenAtClosing_KeepsIt()
    {
        var session = HostedBy(Ann, throughServer: true);
        session = session.With(LifecycleRules.Close(session, Ann.Id, TargetFate.LetRun, false, 0, "r", Now));

        Assert.Equal(TargetFate.LetRun, session.With(new Decision.Record(LifecycleRules.TerminateForgotten(session, 0, Now.AddDays(60)))).EndTarget);
    }

    /// <summary>Every kind of entry, by the host, by a client, and by nobody.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Touch_IsWhatTheHostDoes_AndWhatAnybodyDoesToGoOn(SessionLogEntryKind kind, string author)
    {
        var by = author switch { "host" => SessionRules.Store(Ann), "client" => SessionRules.Store(Bob), _ => null };
        var untouched = Announced with
        {
            TouchedAt = Now.AddDays(-40),
            Notices = [new(1, SessionNoticeKind.TerminationAnnounced, [SessionRules.Store(Ann)], Now, null) { Until = Now.AddDays(1) }],
        };

        var after = untouched.With(kind, new SessionLogEntryBody { Author = by, Person = SessionRules.Store(Bob), CommandId = "c", Text = "t", SuggestionId = "s", Debugger = DebuggerState.Ready });

        var isUse = author is "host" || kind is SessionLogEntryKind.SessionClosed or SessionLogEntryKind.SessionReopened or SessionLogEntryKind.SessionTerminated
            or SessionLogEntryKind.CommandEntered or SessionLogEntryKind.NoteAdded or SessionLogEntryKind.CommandSuggested;
        Assert.Equal(isUse ? Now : Now.AddDays(-40), after.TouchedAt);
        Assert.Equal(!isUse, after.Notices.Any(notice => notice.Kind is SessionNoticeKind.TerminationAnnounced));
        if (isUse)
            Assert.Null(after.TerminationAnnouncedFor);
    }

    public static TheoryData<SessionLogEntryKind, string> Kinds() =>
        [.. from kind in Enum.GetValues<SessionLogEntryKind>()
            where kind is not (SessionLogEntryKind.Output or SessionLogEntryKind.SessionCreated or SessionLogEntryKind.TerminationAnnounced)
            from author in new[] { "host", "client", "nobody" }
            select new TheoryDataRow<SessionLogEntryKind, string>(kind, author)];

    [Fact]
    public void Delete_WhenTheDebuggerHasNotLeft_IsRefused_AndRetentionDeletesAllTheSame()
    {
        var session = Terminated with { RunIsOver = false };

        var refusal = Assert.IsType<Decision.Refuse>(RetentionRules.Delete(session, Ann.Id, Now)).Refusal;

        Assert.Equal(ProblemCodes.WrongState, refusal.Code);
        Assert.Contains("lab is unreachable", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(SessionLogEntryKind.DeletionAsked, Assert.Single(RetentionRules.WhatIsDue(session, Options, 0, Now.AddDays(90))).Kind);
    }

    [Fact]
    public void Deleted_WhenRecorded_IsForNobodyAndSaysWhoseInvitationsGo()
    {
        var session = HostedBy(Ann).With(SessionRules.Invite(HostedBy(Ann), Ann.Id, [Bob, Eve], "r", Now));
        session = session.With(SessionRules.Revoke(session, Ann.Id, Eve.Email, Now));
        session = session.With(LifecycleRules.Terminate(session, Ann.Id, TargetFate.LetRun, 0, Now)).With(SessionLogEntryKind.RunExited, new SessionLogEntryBody { End = RunEnd.Left });

        var after = session.With(RetentionRules.Delete(session, Ann.Id, Now));

        Assert.False(SessionRules.MayRead(after, Ann.Id, Now));
        Assert.Equal([Bob.Id.ToString(), Eve.Id.ToString()], after.EverInvited);
    }

    [Fact]
    public void Expired_WhenRecorded_InvitesNobodyAndTellsEach()
    {
        var after = (Terminated with { Accepted = [Bob.Id.ToString()] }).With(SessionLogEntryKind.InvitationsExpired, new SessionLogEntryBody());

        Assert.Empty(after.Clients);
        Assert.Empty(after.Accepted);
        Assert.Equal((SessionNoticeKind.Expired, Bob.Name), (Assert.Single(after.Notices).Kind, after.Notices[0].Person.Name));
    }

    [Fact]
    public void Invite_WhenTooManyPeopleWereEverInvited_IsRefused_ButNotForThoseWhoWere()
    {
        var session = HostedBy(Ann) with { EverInvited = [.. People(Limits.PeopleEverInvited).Select(person => person.Id.ToString())] };

        Assert.Equal(ProblemCodes.LimitReached, Assert.IsType<Decision.Refuse>(SessionRules.Invite(session, Ann.Id, [Bob], "r", Now)).Refusal.Code);
        Assert.IsType<Decision.Record>(SessionRules.Invite(session, Ann.Id, People(10), "r", Now));
    }

    /// <summary>However a session came to be as it is and whenever it is looked at: it moves forward, and comes to an end.</summary>
    [Fact]
    public void WhatIsDue_WhenDoneAgainAndAgain_EndsInDeletion() => Gen.Select(Gen.Int[1, 100], Gen.Int[1, 100], Gen.Int[7, 200], Gen.Int[1, 40].Array[0, 60]).Sample((announce, more, delete, steps) =>
    {
        var options = new SessionOptions
        {
            AnnounceClosedAfter = TimeSpan.FromDays(announce),
            TerminateClosedAfter = TimeSpan.FromDays(announce + more),
            DeleteTerminatedAfter = TimeSpan.FromDays(delete),
        };
        var (session, now, sequence) = (Closed, Now, 10L);
        foreach (var step in steps.Concat(Enumerable.Repeat(40, 20)))
        {
            now = now.AddDays(step);
            foreach (var entry in RetentionRules.WhatIsDue(session, options, 0, now))
            {
                if (entry.Kind is SessionLogEntryKind.SessionTerminated)
                    Assert.True(now >= session.TerminationAnnouncedFor && now - Now >= options.TerminateClosedAfter);
                session = SessionFold.Apply(session, new SessionLogEntry(sequence++, now.ToUnixTimeMilliseconds(), entry.Kind, entry.Body.Encode()));
            }
        }
        Assert.True(session.IsDeleted);
    });

    [Theory]
    [InlineData(0, 60, 90, 1440, nameof(SessionOptions.AnnounceClosedAfter))]
    [InlineData(-1, 60, 90, 1440, nameof(SessionOptions.AnnounceClosedAfter))]
    [InlineData(60, 60, 90, 1440, nameof(SessionOptions.TerminateClosedAfter))]
    [InlineData(30, 3_651, 90, 1440, nameof(SessionOptions.TerminateClosedAfter))]
    [InlineData(30, 60, 6.9, 1440, nameof(SessionOptions.DeleteTerminatedAfter))]
    [InlineData(30, 60, 3_651, 1440, nameof(SessionOptions.DeleteTerminatedAfter))]
    [InlineData(30, 60, 90, 0.5, nameof(SessionOptions.TidyEvery))]
    [InlineData(30, 60, 90, 60_000, nameof(SessionOptions.TidyEvery))]
    [InlineData(30, 60, 90, 1440, null)]
    [InlineData(0.001, 0.002, 7, 1, null)]
    public void Options_WhenTheyMakeNoSense_AreRefusedByName(double announce, double terminate, double delete, double tidyMinutes, string? wrong)
    {
        var result = new SessionOptionsValidator().Validate(null, new SessionOptions
        {
            AnnounceClosedAfter = TimeSpan.FromDays(announce),
            TerminateClosedAfter = TimeSpan.FromDays(terminate),
            DeleteTerminatedAfter = TimeSpan.FromDays(delete),
            TidyEvery = TimeSpan.FromMinutes(tidyMinutes),
        });

        Assert.Equal(wrong is not null, result.Failed);
        if (wrong is not null)
            Assert.StartsWith($"OrleansKd:Sessions:{wrong} is ", result.FailureMessage, StringComparison.Ordinal);
    }
}
