using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Every request by everybody in every state, as a table: what is answered, and, for those to whom a session does not exist, that nothing is.</summary>
public sealed class EveryRequestTests
{
    private static readonly string[] States = ["active", "closed", "terminated", "over", "deleted"];

    /// <summary>To whom the session does not exist, whatever they ask.</summary>
    private static readonly string[] Outsiders = ["former client", "stranger", "host without access", "client without access"];

    /// <summary>Over: terminated seven days ago, to the moment, and not tidied up yet. A former client's suggestion went with them.</summary>
    private const string Answers = """
        request    who        active  closed  terminated  over   deleted
        see        host       ok      ok      ok          ok     404
        see        client     ok      ok      ok          404    404
        join       host       ok      ok      ok          ok     404
        join       client     ok      ok      ok          404    404
        watch      host       ok      ok      ok          ok     404
        watch      client     ok      ok      ok          404    404
        invite     host       ok      ok      term        term   404
        invite     client     host    host    host        404    404
        revoke     host       ok      ok      ok          ok     404
        revoke     client     host    host    host        404    404
        leave      host       wrong   wrong   wrong       wrong  404
        leave      client     ok      ok      ok          404    404
        command    host       ok      closed  term        term   404
        command    client     host    host    host        404    404
        command    inspector  ok      closed  term        404    404
        command    operator   ok      closed  term        404    404
        break      host       ok      closed  term        term   404
        break      client     host    host    host        404    404
        break      inspector  full    full    full        404    404
        break      operator   ok      closed  term        404    404
        key        host       ok      closed  term        term   404
        key        client     host    host    host        404    404
        key        inspector  full    full    full        404    404
        key        operator   ok      closed  term        404    404
        note       host       ok      ok      term        term   404
        note       client     ok      ok      term        404    404
        suggest    host       ok      ok      term        term   404
        suggest    client     ok      ok      term        404    404
        dismiss    host       ok      ok      term        term   404
        dismiss    client     ok      ok      term        404    404
        remove     host       ok      ok      term        term   404
        remove     client     host    host    host        404    404
        grant      host       ok      ok      term        term   404
        grant      client     host    host    host        404    404
        ungrant    host       ok      ok      term        term   404
        ungrant    client     host    host    host        404    404
        change     host       ok      ok      term        term   404
        change     client     host    host    host        404    404
        close      host       ok      ok      term        term   404
        close      client     host    host    host        404    404
        reopen     host       ok      ok      term        term   404
        reopen     client     ok      ok      term        404    404
        terminate  host       ok      ok      ok          ok     404
        terminate  client     host    host    host        404    404
        delete     host       wrong   wrong   ok          ok     404
        delete     client     host    host    host        404    404
        """;

    public static TheoryData<string, string, string, string> Everything()
    {
        var data = new TheoryData<string, string, string, string>();
        var lines = Answers.Split('\n').Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        foreach (var line in lines)
        {
            for (var state = 0; state < States.Length; state++)
            {
                data.Add(line[0], line[1], States[state], line[2 + state]);
                // Where the right of an operator changes nothing, they are clients.
                foreach (var who in line[1] is "client" ? (string[])["inspector", "operator"] : [])
                {
                    if (!lines.Any(other => other[0] == line[0] && other[1] == who))
                        data.Add(line[0], who, States[state], line[2 + state]);
                }
            }
        }
        foreach (var request in lines.Select(line => line[0]).Distinct())
            foreach (var who in Outsiders)
                foreach (var state in States)
                    data.Add(request, who, state, "404");
        return data;
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Request_WhenAskedByAnybodyInAnyState_IsAnsweredAsTheTableSays(string request, string who, string state, string answer)
    {
        var session = In(state) with
        {
            Operators = who switch { "inspector" => [new(Bob.Id.ToString(), OperatorRight.Inspect)], "operator" => [new(Bob.Id.ToString(), OperatorRight.Full)], _ => [] },
            WithoutAccess = who switch { "host without access" => [Ann.Id.ToString()], "client without access" => [Bob.Id.ToString()], _ => [] },
        };
        if (who is "former client")
            session = session with { Clients = [], EverInvited = [Bob.Id.ToString()] };
        var caller = who switch { "host" or "host without access" => Ann.Id, "stranger" => Eve.Id, _ => Bob.Id };

        Assert.Equal(answer switch
        {
            "ok" => null,
            "host" => ProblemCodes.HostOnly,
            "full" => ProblemCodes.FullControlOnly,
            "404" => ProblemCodes.SessionNotFound,
            "term" => ProblemCodes.SessionTerminated,
            "closed" => ProblemCodes.SessionClosed,
            "wrong" => ProblemCodes.WrongState,
            _ => throw new ArgumentOutOfRangeException(nameof(answer)),
        }, Ask(request, session, caller)?.Code);
    }

    [Fact]
    public void Clients_WhenSevenDaysAreOver_LoseItAtThatMomentAndNotBefore()
    {
        var (session, end) = (In("terminated"), Now.AddDays(7));

        Assert.True(SessionRules.MayRead(session, Bob.Id, end.AddTicks(-1)));
        Assert.False(SessionRules.MayRead(session, Bob.Id, end));
        Assert.True(SessionRules.MayRead(session, Ann.Id, end.AddYears(1)));
    }

    /// <summary>Everything that is asked; null: it is done.</summary>
    private static Refusal? Ask(string request, Session session, UserId caller) => request switch
    {
        "see" => SessionRules.MayRead(session, caller, Now) ? null : Refusals.SessionNotFound,
        "join" => Of(SessionRules.Join(session, new ReaderJoin(new Reader(caller, "desk"), "desk", Moves: true), Now)),
        "watch" => SessionRules.CheckReader(session, new Reader(caller, "desk"), Now),
        "invite" => Of(SessionRules.Invite(session, caller, People(1), "r", Now)),
        "revoke" => Of(SessionRules.Revoke(session, caller, People(2)[1].Email, Now)),
        "leave" => Of(SessionRules.Leave(session, caller, Now)),
        "command" => Of(SessionRules.EnterCommand(session, caller, "c1", "k", agentIsReachable: true, Now)),
        "break" => Of(SessionRules.Press(session, caller, "b1", null, null, agentIsReachable: true, Now)),
        "key" => Of(SessionRules.Press(session, caller, "k1", "d", null, agentIsReachable: true, Now)),
        "note" => Of(SessionRules.AddNote(session, caller, "look at the queue", Now)),
        "suggest" => Of(SessionRules.SuggestCommand(session, caller, "s2", "bt", Now)),
        "dismiss" => Of(SessionRules.DismissSuggestion(session, caller, "s1", Now)),
        "remove" => Of(OperatorRules.RemoveCommand(session, caller, "c0", Now)),
        "grant" => Of(OperatorRules.Grant(session, caller, People(2)[1].Email, OperatorRight.Inspect, Now)),
        "ungrant" => Of(OperatorRules.Ungrant(session, caller, People(2)[1].Email, Now)),
        "change" => Of(LifecycleRules.Change(session, caller, new SessionChange(ClientsMayReopen: false), Now)),
        "close" => Of(LifecycleRules.Close(session, caller, null, true, 0, "r", Now)),
        "reopen" => Of(LifecycleRules.Reopen(session, caller, ReopenSession.AsRecorded, Now)),
        "terminate" => Of(LifecycleRules.Terminate(session, caller, TargetFate.LetRun, 0, Now)),
        "delete" => Of(RetentionRules.Delete(session, caller, Now)),
        _ => throw new ArgumentOutOfRangeException(nameof(request)),
    };

    private static Refusal? Of(Decision decision) => (decision as Decision.Refuse)?.Refusal;

    private static Session In(string state)
    {
        var session = HostedBy(Ann).WithClients(Bob, People(2)[1]) with
        {
            DebuggerKind = "kd",
            Prompt = "0: kd> ",
            Suggestions = [new("s1", "bt", SessionRules.Store(Bob))],
            Commands = [new("c0", "k", SessionRules.Store(Ann), 5, IsRunning: false)],
        };
        var terminated = session with { State = SessionState.Terminated, TerminatedAt = Now, RunIsOver = true };
        return state switch
        {
            "active" => session,
            "closed" => session with { State = SessionState.Closed },
            "terminated" => terminated,
            "over" => terminated with { TerminatedAt = Now - Limits.TerminatedVisibleToClients },
            _ => terminated with { IsDeleted = true },
        };
    }
}
