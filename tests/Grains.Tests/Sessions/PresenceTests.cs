using Microsoft.Extensions.Time.Testing;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Who watches, and from where (rules D2, D3).</summary>
public sealed class PresenceTests
{
    private static readonly TimeSpan LeftAfter = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider time = new();

    private static Session Shared => HostedBy(Ann).WithClients(Bob);

    [Fact]
    public void Present_WhenTheLeaseIsNotRenewed_EndsAfterIt()
    {
        var presence = new Presence(time);
        presence.Renew(Ann.Id);
        presence.Renew(Bob.Id);

        time.Advance(Presence.Lease - TimeSpan.FromSeconds(1));
        presence.Renew(Bob.Id);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([Bob.Id], presence.Present());
    }

    [Fact]
    public void UntilGone_WhenTheGrainMoved_IsTheWholeTimeAgain()
    {
        var presence = new Presence(time);
        presence.Renew(Bob.Id);
        time.Advance(LeftAfter - TimeSpan.FromSeconds(1));
        var afterFailover = new Presence(time);
        Assert.Equal(TimeSpan.FromSeconds(1), presence.UntilGone(Bob.Id, LeftAfter));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, presence.UntilGone(Bob.Id, LeftAfter));
        Assert.Equal(LeftAfter - TimeSpan.FromSeconds(1), afterFailover.UntilGone(Bob.Id, LeftAfter));
    }

    [Fact]
    public void Join_WhenItIsTheFirstWindow_IsRecordedOnce()
    {
        var joined = Shared.With(SessionRules.Join(Shared, From(Bob, "desk"), Now));

        Assert.Equal("desk", Assert.Single(joined.Joined).Place);
        Assert.Empty(Entries(SessionRules.Join(joined, From(Bob, "desk"), Now)));
        Assert.Empty(Entries(SessionRules.Join(joined, From(Bob, "desk", moves: false), Now)));
    }

    [Fact]
    public void Join_WhenAClientJoinsFromAnotherComputer_MovesThem()
    {
        var session = Shared.With(SessionRules.Join(Shared, From(Bob, "desk"), Now));

        session = session.With(SessionRules.Join(session, From(Bob, "laptop"), Now));

        Assert.Equal("laptop", Assert.Single(session.Joined).Place);
        var told = SessionRules.CheckReader(session, new Reader(Bob.Id, "desk"), Now);
        Assert.Equal(ProblemCodes.JoinedElsewhere, told?.Code);
        Assert.Contains("the computer laptop", told!.Message, StringComparison.Ordinal);
        Assert.Null(SessionRules.CheckReader(session, new Reader(Bob.Id, "laptop"), Now));
        Assert.Equal(ProblemCodes.JoinedElsewhere, Refused(SessionRules.Join(session, From(Bob, "desk", moves: false), Now)).Code);
        Assert.NotEmpty(Entries(SessionRules.Join(session, From(Bob, "desk", moves: true), Now)));
    }

    [Fact]
    public void Join_WhenTheHostHasSeveralComputers_NeverMovesThem()
    {
        var session = Shared.With(SessionRules.Join(Shared, From(Ann, "desk"), Now));

        Assert.Empty(Entries(SessionRules.Join(session, From(Ann, "laptop"), Now)));
        Assert.Null(SessionRules.CheckReader(session, new Reader(Ann.Id, "laptop"), Now));
    }

    [Fact]
    public void Join_WhenAProgramReads_IsNobodysPresence()
    {
        Assert.Empty(Entries(SessionRules.Join(Shared, new ReaderJoin(new Reader(Bob.Id, null), null, true), Now)));
        var moved = Shared.With(SessionRules.Join(Shared, From(Bob, "desk"), Now));
        Assert.Null(SessionRules.CheckReader(moved, new Reader(Bob.Id, null), Now));
    }

    [Fact]
    public void Join_WhenTheSessionIsTerminated_AddsNothingToItsTranscript()
    {
        var session = Shared.With(SessionRules.Join(Shared, From(Bob, "desk"), Now)).With(SessionLogEntryKind.SessionTerminated, new());

        Assert.Empty(Entries(SessionRules.Join(session, From(Bob, "laptop"), Now)));
        Assert.Null(SessionRules.CheckReader(session, new Reader(Bob.Id, "desk"), Now));
        Assert.Empty(SessionRules.AfterGone(session, _ => true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a place that is far too long a place that is far too long a place that is far too long a place that is")]
    public void Join_WhenThePlaceIsMalformed_IsRefused(string place) =>
        Assert.Equal(ProblemCodes.InvalidRequest, Refused(SessionRules.Join(Shared, From(Bob, place), Now)).Code);

    [Fact]
    public void Join_WhenTheCallerIsAStranger_IsTheSameAsForNoSession() =>
        Assert.Equal(ProblemCodes.SessionNotFound, Refused(SessionRules.Join(Shared, From(Eve, "desk"), Now)).Code);

    [Fact]
    public void AfterGone_RecordsThoseWhoAreGone_AndTheyMayJoinFromElsewhereWithoutMoving()
    {
        var session = Shared.With(SessionRules.Join(Shared, From(Bob, "desk"), Now)).With(SessionRules.Join(Shared, From(Ann, "desk"), Now));

        session = session.With(new Decision.Record(SessionRules.AfterGone(session, person => person == Bob.Id)));

        Assert.Equal(Ann.Id.ToString(), Assert.Single(session.Joined).Id);
        Assert.NotEmpty(Entries(SessionRules.Join(session, From(Bob, "laptop", moves: false), Now)));
    }

    private static ReaderJoin From(OrleansKd.Grains.Abstractions.Users.Person person, string place, bool moves = true) =>
        new(new Reader(person.Id, place), $"the computer {place}", moves);

    private static NewEntry[] Entries(Decision decision) => ((Decision.Record)decision).Entries;

    private static OrleansKd.Grains.Abstractions.Refusal Refused(Decision decision) => ((Decision.Refuse)decision).Refusal;
}
