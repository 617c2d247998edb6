using Microsoft.Extensions.Time.Testing;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Notes and suggested commands (rule E9).</summary>
public sealed class NoteRulesTests
{
    private static readonly Session Shared = HostedBy(Ann) with { DebuggerKind = "kd", Clients = [SessionRules.Store(Bob), SessionRules.Store(People(1)[0])] };

    private static readonly Session Suggested = Shared.With(SessionRules.SuggestCommand(Shared, Bob.Id, "s1", "!process\t0 0", Now));

    public static TheoryData<SessionState, string, string?> Writers => new()
    {
        { SessionState.Active, "Ann", null },
        { SessionState.Active, "Bob", null },
        { SessionState.Active, "Eve", ProblemCodes.SessionNotFound },
        { SessionState.Closed, "Ann", null },
        { SessionState.Closed, "Bob", null },
        { SessionState.Closed, "Eve", ProblemCodes.SessionNotFound },
        { SessionState.Terminated, "Ann", ProblemCodes.SessionTerminated },
        { SessionState.Terminated, "Bob", ProblemCodes.SessionTerminated },
        { SessionState.Terminated, "Eve", ProblemCodes.SessionNotFound },
    };

    [Theory]
    [MemberData(nameof(Writers))]
    public void Write_IsForEverybodyInASessionThatIsNotOver(SessionState state, string who, string? code)
    {
        var session = Suggested with { State = state, TerminatedAt = state is SessionState.Terminated ? Now : null };
        var caller = who switch { "Ann" => Ann.Id, "Bob" => Bob.Id, _ => Eve.Id };

        Assert.Equal(code, CodeOf(SessionRules.AddNote(session, caller, "look at the queue", Now)));
        Assert.Equal(code, CodeOf(SessionRules.SuggestCommand(session, caller, "s2", "k", Now)));
        Assert.Equal(code, CodeOf(SessionRules.DismissSuggestion(session, caller, "s1", Now)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("a\u001b[31m")]
    [InlineData("a\u202eb")]
    public void AddNote_WhenItIsEmptyOrHasHiddenCharacters_IsRefused(string text) =>
        Assert.Equal(ProblemCodes.InvalidRequest, CodeOf(SessionRules.AddNote(Shared, Bob.Id, text, Now)));

    [Fact]
    public void AddNote_WhenItIsTooLong_IsRefused() =>
        Assert.Equal(ProblemCodes.InvalidRequest, CodeOf(SessionRules.AddNote(Shared, Bob.Id, new string('a', Limits.NoteLength + 1), Now)));

    [Theory]
    [InlineData("")]
    [InlineData("k\nq")]
    [InlineData(".server tcp:port=1,password=hush")]
    public void Suggest_WhenItIsNoCommandOrShowsAPassword_IsRefused(string text) =>
        Assert.Equal(ProblemCodes.InvalidRequest, CodeOf(SessionRules.SuggestCommand(Shared, Bob.Id, "s1", text, Now)));

    [Fact]
    public void Suggest_WhenTooManyAreOpen_IsRefused()
    {
        var session = Enumerable.Range(0, Limits.OpenSuggestions).Aggregate(Shared, (now, i) => now.With(SessionRules.SuggestCommand(now, Bob.Id, $"s{i}", "k", Now)));

        Assert.Equal(ProblemCodes.LimitReached, CodeOf(SessionRules.SuggestCommand(session, Bob.Id, "more", "k", Now)));
    }

    [Fact]
    public void Run_NamesWhoSuggestedAndWhoRan_AndSettlesTheSuggestion()
    {
        var decision = SessionRules.RunSuggestion(Suggested.Suggestions[0], SessionRules.EnterCommand(Suggested, Ann.Id, "c1", "!process 0 0", agentIsReachable: true, Now));

        var body = Assert.Single(((Decision.Record)decision).Entries).Body;
        Assert.Equal((Ann.Id.ToString(), Bob.Id.ToString(), "s1"), (body.Author!.Id, body.Person!.Id, body.SuggestionId));
        var after = Suggested.With(decision);
        Assert.Empty(after.Suggestions);
        Assert.Equal("!process 0 0", Assert.Single(after.Commands).Text);
    }

    [Fact]
    public void Run_WhenTheCallerMayNotEnterCommands_IsRefusedAndStaysOpen()
    {
        var decision = SessionRules.RunSuggestion(Suggested.Suggestions[0], SessionRules.EnterCommand(Suggested, Bob.Id, "c1", "k", agentIsReachable: true, Now));

        Assert.Equal(ProblemCodes.HostOnly, CodeOf(decision));
    }

    [Fact]
    public void Dismiss_IsForTheHostAndForWhoMadeIt()
    {
        Assert.Null(CodeOf(SessionRules.DismissSuggestion(Suggested, Ann.Id, "s1", Now)));
        Assert.Null(CodeOf(SessionRules.DismissSuggestion(Suggested, Bob.Id, "s1", Now)));
        Assert.Equal(ProblemCodes.HostOnly, CodeOf(SessionRules.DismissSuggestion(Suggested, People(1)[0].Id, "s1", Now)));
        Assert.Equal(ProblemCodes.WrongState, CodeOf(SessionRules.DismissSuggestion(Suggested, Ann.Id, "s2", Now)));
        Assert.Empty(Suggested.With(SessionRules.DismissSuggestion(Suggested, Bob.Id, "s1", Now)).Suggestions);
    }

    /// <summary>What somebody suggested goes with them: the host can't run it by mistake (rules C5, A4).</summary>
    [Theory]
    [InlineData("revoked", "Ann Host")]
    [InlineData("left", "Bob Client")]
    [InlineData("without access", null)]
    [InlineData("uncertain", null)]
    public void Suggestion_WhenItsAuthorIsNotInTheSessionAnyMore_IsWithdrawn_AndOthersStay(string how, string? by)
    {
        var session = Suggested.With(SessionRules.SuggestCommand(Suggested, Ann.Id, "s2", "k", Now));
        session = session.With(SessionRules.SuggestCommand(session, Ann.Id, "s3", "r", Now));

        var decision = how switch
        {
            "revoked" => SessionRules.Revoke(session, Ann.Id, Bob.Email, Now),
            "left" => SessionRules.Leave(session, Bob.Id, Now),
            "without access" => new Decision.Record(SessionRules.AfterPermissionsChanged(session, Bob.Id, mayHost: false, mayJoin: false, 0)),
            _ => new Decision.Record([SessionRules.AfterDamage(1, 2)]),
        };

        Assert.Equal(["s2", "s3"], session.With(decision).Suggestions.Select(suggestion => suggestion.Id));
        var withdrawn = ((Decision.Record)decision).Entries.SingleOrDefault(entry => entry.Kind is SessionLogEntryKind.SuggestionDismissed);
        Assert.Equal((how is "uncertain" ? null : "s1", by), (withdrawn?.Body.SuggestionId, withdrawn?.Body.Author?.Name));
    }

    [Fact]
    public void Terminate_EndsWhatWasSuggested() => Assert.Empty(Suggested.With(SessionLogEntryKind.SessionTerminated, new()).Suggestions);

    [Fact]
    public void Pace_WhenTheMinuteIsOver_StartsAgain_AndCountsEachPersonAlone()
    {
        var time = new FakeTimeProvider();
        var pace = new WritingPace(time);
        Assert.All(Enumerable.Range(0, Limits.NotesPerMinute), _ => Assert.Null(pace.TryCount(Bob.Id)));

        Assert.Equal(ProblemCodes.LimitReached, pace.TryCount(Bob.Id)?.Code);
        Assert.Null(pace.TryCount(Ann.Id));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(pace.TryCount(Bob.Id));
    }

    private static string? CodeOf(Decision decision) => decision is Decision.Refuse { Refusal: Refusal refusal } ? refusal.Code : null;
}
