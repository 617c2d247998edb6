using Microsoft.Extensions.Time.Testing;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>What lists say of a session, and when they are told.</summary>
public sealed class ListingTests
{
    public static TheoryData<SessionLogEntryKind, SessionLogEntryBody, string> Changes => new()
    {
        { SessionLogEntryKind.SessionClosed, new(), "Urgent" },
        { SessionLogEntryKind.SessionTerminated, new(), "Urgent" },
        { SessionLogEntryKind.DebuggerStateChanged, new() { Debugger = DebuggerState.Running }, "Urgent" },
        { SessionLogEntryKind.DebuggerStateChanged, new() { Debugger = DebuggerState.Offline }, "Urgent" },
        { SessionLogEntryKind.DebuggerStateChanged, new() { Debugger = DebuggerState.Busy }, "Calm" },
        { SessionLogEntryKind.DebuggerStateChanged, new() { Debugger = DebuggerState.Ready, Text = "(gdb) " }, "None" },
        { SessionLogEntryKind.RunExited, new() { End = RunEnd.Exited }, "Urgent" },
        { SessionLogEntryKind.SpoolStateChanged, new() { Spool = SpoolState.Holding }, "Urgent" },
        { SessionLogEntryKind.ClientInvited, new() { Person = SessionRules.Store(Eve) }, "Urgent" },
        { SessionLogEntryKind.ClientRevoked, new() { Person = SessionRules.Store(Bob) }, "Urgent" },
        { SessionLogEntryKind.ClientLeft, new() { Person = SessionRules.Store(Bob) }, "Urgent" },
        { SessionLogEntryKind.InvitationAccepted, new() { Person = SessionRules.Store(Bob) }, "Urgent" },
        { SessionLogEntryKind.AccessTakenAway, new() { Person = SessionRules.Store(Bob) }, "Urgent" },
        { SessionLogEntryKind.TranscriptDamaged, new(), "Urgent" },
        { SessionLogEntryKind.CommandEntered, new() { CommandId = "c", Text = "bt", Author = SessionRules.Store(Ann) }, "None" },
        { SessionLogEntryKind.NoteAdded, new() { Text = "look", Author = SessionRules.Store(Bob) }, "None" },
        { SessionLogEntryKind.PersonJoined, new() { Person = SessionRules.Store(Bob), Place = "desk" }, "None" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void NewsSince_AfterAnEntry_IsWhatPeopleLookForInAList(SessionLogEntryKind kind, SessionLogEntryBody body, string news)
    {
        var session = HostedBy(Ann).WithClients(Bob);

        Assert.Equal(news, ListingLine.Of(session.With(kind, body)).NewsSince(ListingLine.Of(session), TimeSpan.Zero).ToString());
    }

    [Fact]
    public void NewsSince_WhenAccessIsGivenBackOrTheSessionReopened_IsUrgent()
    {
        var session = HostedBy(Ann).WithClients(Bob) with { WithoutAccess = [Bob.Id.ToString()], State = SessionState.Closed };

        Assert.Equal(ListingNews.Urgent, NewsOf(session.With(SessionLogEntryKind.AccessGivenBack, new() { Person = SessionRules.Store(Bob) })));
        Assert.Equal(ListingNews.Urgent, NewsOf(session.With(SessionLogEntryKind.SessionReopened, new())));

        ListingNews NewsOf(Session next) => ListingLine.Of(next).NewsSince(ListingLine.Of(session), TimeSpan.Zero);
    }

    [Fact]
    public void NewsSince_WhenNothingButActivityIsNew_IsCalmAfterAWhile()
    {
        var line = ListingLine.Of(HostedBy(Ann));

        Assert.Equal(ListingNews.None, line.NewsSince(line, ListingLine.ActivityStep - TimeSpan.FromSeconds(1)));
        Assert.Equal(ListingNews.Calm, line.NewsSince(line, ListingLine.ActivityStep));
        Assert.Equal(ListingNews.Urgent, line.NewsSince(null, TimeSpan.Zero));
    }

    [Fact]
    public void Readers_AreTheHostAndTheInvitedOnce() =>
        Assert.Equal([Bob.Id.ToString(), Ann.Id.ToString()], ListingLine.ReadersOf(HostedBy(Ann).WithClients(Bob, Ann)));

    [Fact]
    public void Pace_WhenPeopleDoSomethingNowAndThen_IsAtOnce()
    {
        var time = new FakeTimeProvider();
        var pace = new ListingPace(time);

        for (var i = 0; i < 3 * ListingPace.Burst; i++)
        {
            Assert.Null(pace.Left);
            pace.Want(ListingNews.Urgent);
            Assert.Equal(TimeSpan.Zero, pace.Left);
            pace.Told();
            // Half of them a second after the one before.
            time.Advance(i % 2 == 0 ? TimeSpan.FromSeconds(1) : 2 * ListingPace.Longest);
        }
    }

    [Fact]
    public void Pace_WhenManyChangesComeAtOnce_TellsTheLastWithinASecond()
    {
        var time = new FakeTimeProvider();
        var pace = new ListingPace(time);

        for (var i = 0; i < ListingPace.Burst; i++)
        {
            pace.Want(ListingNews.Urgent);
            Assert.Equal(i == 0 ? TimeSpan.Zero : ListingPace.Shortest, pace.Left);
            time.Advance(pace.Left!.Value);
            pace.Told();
        }
    }

    [Fact]
    public void Pace_WhenASessionChangesAllTheTime_TellsEveryFewSecondsAndTheLastChange()
    {
        var time = new FakeTimeProvider();
        var pace = new ListingPace(time);
        var told = 0;
        for (var i = 0; i < 60_000; i++)
        {
            pace.Want(ListingNews.Urgent);
            if (pace.Left == TimeSpan.Zero)
            {
                pace.Told();
                told++;
            }
            time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(told, 600 / 5, ListingPace.Burst + 600 / 5 + 2);
        Assert.InRange(pace.Left ?? TimeSpan.Zero, TimeSpan.Zero, ListingPace.Longest);
        // And people are told at once again when it has calmed down.
        time.Advance(3 * ListingPace.Longest);
        for (var i = 0; i < 3; i++)
        {
            pace.Want(ListingNews.Urgent);
            Assert.Equal(TimeSpan.Zero, pace.Left);
            pace.Told();
            time.Advance(ListingPace.Shortest);
        }
    }

    [Fact]
    public void Pace_WhenNobodyWaitsForIt_IsALittleLaterUnlessSomethingElseComes()
    {
        var time = new FakeTimeProvider();
        var pace = new ListingPace(time);
        pace.Want(ListingNews.Calm);
        Assert.Equal(TimeSpan.Zero, pace.Left);
        pace.Told();
        time.Advance(TimeSpan.FromSeconds(2));

        pace.Want(ListingNews.Calm);
        Assert.Equal(TimeSpan.FromSeconds(3), pace.Left);
        pace.Want(ListingNews.Urgent);
        pace.Want(ListingNews.Calm);
        Assert.Equal(TimeSpan.Zero, pace.Left);
    }
}
