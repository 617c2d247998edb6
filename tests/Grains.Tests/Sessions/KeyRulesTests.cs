using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Break and control keys (rules E4, E5): who, in which state, to which run, with which key.</summary>
public sealed class KeyRulesTests
{
    public static TheoryData<SessionState, string, bool, int?, string?> Everything()
    {
        var data = new TheoryData<SessionState, string, bool, int?, string?>();
        foreach (var state in Enum.GetValues<SessionState>())
            foreach (var actor in (string[])["host", "client", "stranger"])
                foreach (var isReachable in (bool[])[true, false])
                    foreach (var run in (int?[])[null, 1, 2])
                        foreach (var key in (string?[])[null, "b"])
                            data.Add(state, actor, isReachable, run, key);
        return data;
    }

    /// <summary>The rules once more, in the order in which people would ask: may you see it, may you do it, can it be done, is it this run.</summary>
    [Theory]
    [MemberData(nameof(Everything))]
    public void Press_WhenAskedByActorInState_IsAnsweredAsTheRulesSay(SessionState state, string actor, bool isReachable, int? run, string? key)
    {
        var session = HostedBy(Ann) with { Clients = [SessionRules.Store(Bob)], DebuggerKind = "kd", State = state, TerminatedAt = state is SessionState.Terminated ? Now : null };
        var caller = actor switch { "host" => Ann.Id, "client" => Bob.Id, _ => Eve.Id };
        var expected = actor is "stranger" ? ProblemCodes.SessionNotFound
            : actor is "client" ? ProblemCodes.HostOnly
            : state is SessionState.Terminated ? ProblemCodes.SessionTerminated
            : state is SessionState.Closed ? ProblemCodes.SessionClosed
            : !isReachable ? ProblemCodes.DebuggerOffline
            : run is 2 ? ProblemCodes.OutOfStep
            : null;

        var decision = SessionRules.Press(session, caller, "id", key, run, isReachable, Now);

        Assert.Equal(expected, (decision as Decision.Refuse)?.Refusal.Code);
        if (expected is null)
        {
            var entry = Assert.Single(((Decision.Record)decision).Entries);
            Assert.Equal(key is null ? SessionLogEntryKind.BreakSent : SessionLogEntryKind.KeyPressed, entry.Kind);
            Assert.Equal(("Ann Host", 1, key, "id"), (entry.Body.Author!.Name, entry.Body.Run!.Value, entry.Body.Key, entry.Body.SignalId));
        }
    }

    [Fact]
    public void Press_WhenTheDebuggerHasExited_IsRefused() =>
        Assert.Equal(ProblemCodes.DebuggerOffline, Refusal(HostedBy(Ann) with { RunIsOver = true }, null).Code);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void Press_WhenItHasNoUsableId_IsRefused(string id) =>
        Assert.Equal(ProblemCodes.InvalidRequest, Assert.IsType<Decision.Refuse>(SessionRules.Press(HostedBy(Ann), Ann.Id, id, null, null, true, Now)).Refusal.Code);

    [Fact]
    public void Press_WhenTheIdWasThereBefore_RecordsNothing_EvenWhenItCouldNotBeSentNow()
    {
        var session = HostedBy(Ann);
        session = session.With(SessionRules.Press(session, Ann.Id, "one", null, null, true, Now));

        Assert.Empty(Assert.IsType<Decision.Record>(SessionRules.Press(session, Ann.Id, "one", null, null, agentIsReachable: false, Now)).Entries);
        Assert.Single(Assert.IsType<Decision.Record>(SessionRules.Press(session, Ann.Id, "two", null, null, true, Now)).Entries);
    }

    [Fact]
    public void Press_WhenManyIdsWereThere_RemembersTheNewestSixtyFour()
    {
        var session = HostedBy(Ann);
        for (var i = 0; i < 100; i++)
            session = session.With(SessionRules.Press(session, Ann.Id, $"id{i}", null, null, true, Now));

        Assert.Equal(Enumerable.Range(36, 64).Select(i => $"id{i}"), session.Signals);
    }

    [Fact]
    public void Press_WhenItIsCtrlC_IsABreakInEveryDebugger() => Assert.All((string[])["gdb", "lldb", "kd", "cdb", "ntsd", ""], kind =>
        Assert.Equal(SessionLogEntryKind.BreakSent, Pressed(HostedBy(Ann) with { DebuggerKind = kind }, "Ctrl+C").Kind));

    [Theory]
    [InlineData("gdb", "d", "'quit'")]
    [InlineData("gdb", "b", "Ctrl+B has no meaning for gdb")]
    [InlineData("gdb", "z", "Ctrl+Z has no meaning for gdb")]
    [InlineData("kd", "z", "Ctrl+Z has no meaning in kd")]
    [InlineData("kd", "p", "'.dbgdbg'")]
    [InlineData("cdb", "k", "It takes Ctrl+B, Ctrl+C, Ctrl+F, Ctrl+V, Ctrl+W.")]
    [InlineData("kd", "1", "'1' is no control key")]
    [InlineData("gdb", "", "is no control key")]
    [InlineData("gdb", "ctrl-cc", "'ctrl-cc' is no control key")]
    public void Press_WhenTheDebuggerDoesNotTakeTheKey_SaysWhatToDo(string kind, string key, string says)
    {
        var refusal = Refusal(HostedBy(Ann) with { DebuggerKind = kind }, key);

        Assert.Equal(ProblemCodes.InvalidRequest, refusal.Code);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ControlKeys_OfKd_AreThoseOfItsDocumentation()
    {
        var taken = "abcdefghijklmnopqrstuvwxyz".Where(key => ControlKeys.Of("kd", key).Action is not ControlKeyAction.Refuse);

        Assert.Equal("abcdfkrvw", string.Concat(taken));
        Assert.Equal("bcfvw", string.Concat("abcdefghijklmnopqrstuvwxyz".Where(key => ControlKeys.Of("cdb", key).Action is not ControlKeyAction.Refuse)));
        Assert.Equal(ControlKeyAction.Leave, ControlKeys.Of("kd", 'b').Action);
        Assert.Equal(ControlKeyAction.Break, ControlKeys.Of("kd", 'c').Action);
        Assert.All("abcdefghijklmnopqrstuvwxyz", key => Assert.Equal(ControlKeys.Of("kd", key).Action is ControlKeyAction.Refuse, ControlKeys.Of("kd", key).Refusal is not null));
    }

    [Theory]
    [InlineData("b", 'b')]
    [InlineData("B", 'b')]
    [InlineData("ctrl-b", 'b')]
    [InlineData("Ctrl+B", 'b')]
    [InlineData("^B", 'b')]
    [InlineData("ctrl-", null)]
    [InlineData("^^b", null)]
    [InlineData("é", null)]
    [InlineData(null, null)]
    public void ControlKeys_WhenParsed_AreLettersOnly(string? text, char? key) =>
        Assert.Equal(key, ControlKeys.TryParse(text, out var parsed) ? parsed : null);

    private static Abstractions.Refusal Refusal(Session session, string? key) =>
        Assert.IsType<Decision.Refuse>(SessionRules.Press(session, Ann.Id, "id", key, null, true, Now)).Refusal;

    private static NewEntry Pressed(Session session, string key) =>
        Assert.Single(Assert.IsType<Decision.Record>(SessionRules.Press(session, Ann.Id, "id", key, null, true, Now)).Entries);
}
