using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.SessionLog;

/// <summary>What is stored for years: a change here is a change of every transcript that exists.</summary>
public sealed class StoredFormatTests
{
    [Fact]
    public void Body_WhenEverythingIsSet_IsThisJson()
    {
        var person = new StoredPerson("ann@contoso.example", "Ann Host", "Contoso", "ann@contoso.example");
        var body = new SessionLogEntryBody
        {
            Author = person,
            Person = person with { Id = "bob@fabrikam.example", Name = "Bob" },
            Text = "bt",
            Description = "d",
            CommandId = "c1",
            Run = 1,
            Computer = "lab",
            DebuggerLocation = "/usr/bin/gdb",
            Arguments = "-q",
            DebuggerKind = "gdb",
            ThroughServer = false,
            Debugger = DebuggerState.Running,
            ExitCode = 1,
            Signal = "SIGKILL",
            Target = TargetFate.LeaveStopped,
            Bytes = 7,
            WhenSpoolFull = SpoolFullAction.Gap,
            Spool = SpoolState.LeavingOut,
            Key = "b",
            SignalId = "k1",
            Quit = "qq",
            End = RunEnd.GivenUp,
            ClientsMayReopen = false,
            IsMasked = true,
            Place = "desk",
            SuggestionId = "s1",
            Request = "r1",
            RequestName = "n1",
            RequestAbout = "a1",
            Until = Now,
        };

        Assert.Equal(
            """{"by":{"id":"ann@contoso.example","name":"Ann Host","company":"Contoso","email":"ann@contoso.example"},"whom":{"id":"bob@fabrikam.example","name":"Bob","company":"Contoso","email":"ann@contoso.example"},"text":"bt","description":"d","command":"c1","run":1,"computer":"lab","location":"/usr/bin/gdb","arguments":"-q","profile":"gdb","throughServer":false,"state":"running","exitCode":1,"signal":"SIGKILL","target":"leaveStopped","bytes":7,"whenSpoolFull":"gap","spool":"leavingOut","key":"b","signalId":"k1","masked":true,"quit":"qq","end":"givenUp","clientsMayReopen":false,"place":"desk","suggestion":"s1","request":"r1","name":"n1","about":"a1","until":"2026-11-23T10:00:00+00:00"}""",
            Encoding.UTF8.GetString(body.Encode()));
        Assert.Equal(body, SessionLogEntryBody.Decode(body.Encode()));
    }

    [Fact]
    public void Body_WhenALaterVersionAddedAMember_IsStillRead() =>
        Assert.Equal("bt", SessionLogEntryBody.Decode("""{"text":"bt","added later":{"x":1}}"""u8.ToArray()).Text);

    [Fact]
    public void Kinds_WhenStored_AreTheseNumbers() => Assert.Equal(
        "Output=1 SessionCreated=2 RunStarted=3 RunExited=4 DebuggerStateChanged=5 CommandEntered=6 CommandStarted=7 CommandCompleted=8 " +
        "CommandCancelled=9 BreakSent=10 ClientInvited=11 SessionClosed=12 SessionReopened=13 SessionTerminated=14 Gap=15 " +
        "TranscriptNearlyFull=16 TranscriptDamaged=17 SpoolStateChanged=18 KeyPressed=19 KeyRefused=20 QuitHadNoEffect=21 SessionChanged=22 DeletionAsked=23 TerminationAnnounced=24 InvitationsExpired=25 OperatorGranted=30 OperatorRevoked=31 CommandRemovalAsked=32 AccessTakenAway=40 AccessGivenBack=41 HostingTakenAway=42 HostingGivenBack=43 ClientRevoked=50 InvitationDeclined=51 ClientLeft=52 InvitationAccepted=53 PersonJoined=60 PersonLeft=61 NoteAdded=62 CommandSuggested=63 SuggestionDismissed=64",
        string.Join(' ', Enum.GetValues<SessionLogEntryKind>().Select(kind => $"{kind}={(byte)kind}")));

    [Fact]
    public void Snapshot_WhenTaken_RestoresTheSession()
    {
        var session = (HostedBy(Ann) with
        {
            Signals = ["k1"],
            WithoutAccess = ["bob@fabrikam.example"],
            HostMayNotHost = true,
            Suggestions = [new("s1", "bt", SessionRules.Store(Bob))],
            Joined = [new("bob@fabrikam.example", "desk", "Bob's desk")],
            Spool = SpoolState.Holding,
            WhenSpoolFull = SpoolFullAction.Gap,
            Ended = new EndedRun(RunEnd.Left, null, "left", TargetFate.LeaveStopped),
            GivenUpRuns = [1, 2],
            Quit = new QuitIntent("qq", SessionRules.Store(Ann), "c", Now),
            EndAskedBy = 12,
            EndTarget = TargetFate.LetRun,
            ClientsMayReopen = false,
            Operators = [new SessionOperator(Bob.Id.ToString(), OperatorRight.Inspect)],
            NamedRequests = [new NamedRequest("n1", "a1", "c1", 4)],
            TouchedAt = Now,
            TerminationAnnouncedFor = Now.AddDays(30),
            IsDeleted = true,
            EverInvited = ["bob@fabrikam.example", "eve@elsewhere.example"],
        }).WithClients(Bob).With(SessionLogEntryKind.CommandEntered, new SessionLogEntryBody { CommandId = "c", Text = "bt", Author = SessionRules.Store(Ann) });
        var snapshot = new SessionSnapshot();

        snapshot.Take(session, 17, Now);
        var (restored, applied, lastActivityAt) = snapshot.Restore();

        Assert.Equal((17, Now), (applied, lastActivityAt));
        Assert.Equal(session.Clients, restored.Clients);
        Assert.Equal(session.Commands, restored.Commands);
        Assert.Equal(session.Signals, restored.Signals);
        Assert.Equal(session.WithoutAccess, restored.WithoutAccess);
        Assert.Equal(session.GivenUpRuns, restored.GivenUpRuns);
        Assert.Equal(session.Joined, restored.Joined);
        Assert.Equal(session.Suggestions, restored.Suggestions);
        Assert.Equal(session.Operators, restored.Operators);
        Assert.Equal(session.NamedRequests, restored.NamedRequests);
        Assert.Equal(session.EverInvited, restored.EverInvited);
        Assert.Equal(WithoutLists(session), WithoutLists(restored));
        static Session WithoutLists(Session session) => session with { Clients = [], Commands = [], Signals = [], GivenUpRuns = [], Joined = [], Suggestions = [], Operators = [], WithoutAccess = [], Accepted = [], Notices = [], NamedRequests = [], EverInvited = [] };
    }

    [Fact]
    public void Snapshot_WhenAnEarlierVersionTookIt_KeepsWhoAskedForTheEndAndLetsClientsReopen()
    {
        var (restored, _, _) = new SessionSnapshot { State = """{"Name":"crash","TerminatedBy":12,"TerminatedTarget":"letRun"}""", AppliedSequence = 12 }.Restore();

        Assert.Equal((12, TargetFate.LetRun, true), (restored.EndAskedBy, restored.EndTarget!.Value, restored.ClientsMayReopen));
    }

    [Fact]
    public void Snapshot_WhenPeopleHaveToBeToldStill_KeepsThemAsTheyAreStored()
    {
        var session = HostedBy(Ann).With(SessionRules.Invite(HostedBy(Ann), Ann.Id, [Bob], "r1", Now)).With(SessionLogEntryKind.InvitationAccepted, new SessionLogEntryBody { Person = SessionRules.Store(Bob) });
        var snapshot = new SessionSnapshot();

        snapshot.Take(session, 17, Now);
        var (restored, _, _) = snapshot.Restore();

        const string bob = """{"id":"bob@fabrikam.example","name":"Bob Client","company":"Fabrikam","email":"bob@fabrikam.example"}""";
        Assert.EndsWith(
            $$"""
            "Accepted":["bob@fabrikam.example"],"Notices":[{"Sequence":100,"Kind":"invited","People":[{{bob}}],"At":"2026-11-23T10:00:00+00:00","Request":"r1"},{"Sequence":100,"Kind":"hostInvited","People":[{{bob}}],"At":"2026-11-23T10:00:00+00:00","Request":"r1"}]}
            """,
            snapshot.State, StringComparison.Ordinal);
        Assert.Equal(session.Accepted, restored.Accepted);
        Assert.Equal(session.Notices.Select(notice => (notice.Sequence, notice.Kind, notice.Person, notice.At, notice.Request)), restored.Notices.Select(notice => (notice.Sequence, notice.Kind, notice.Person, notice.At, notice.Request)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{")]
    [InlineData("null")]
    public void Snapshot_WhenUnreadable_MeansReadingTheLogFromItsBeginning(string? state) =>
        Assert.Equal(0, new SessionSnapshot { State = state, AppliedSequence = 9 }.Restore().AppliedSequence);
}
