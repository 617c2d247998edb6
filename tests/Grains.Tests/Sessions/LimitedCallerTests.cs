using System.Reflection;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>A caller with a service token for one computer: of what is elsewhere they know nothing.</summary>
public sealed class LimitedCallerTests
{
    [Theory]
    [InlineData("ann@contoso.example", null, true)]
    [InlineData("ann@contoso.example", "lab", true)]
    [InlineData("ann@contoso.example", "LAB", true)]
    [InlineData("ann@contoso.example", "lab2", false)]
    [InlineData("ann@contoso.example", "", false)]
    // A computer of that name is another one for somebody else.
    [InlineData("bob@fabrikam.example", null, true)]
    [InlineData("bob@fabrikam.example", "lab", false)]
    public void MayRead_WithALimit_IsForTheHostsSessionsThere(string email, string? only, bool mayRead)
    {
        var session = TestSessions.HostedBy(TestSessions.Ann).WithClients(TestSessions.Bob);

        Assert.Equal(mayRead, SessionRules.MayRead(session, new CallerId(UserId.FromEmail(email), only), TestSessions.Now));
    }

    [Fact]
    public void Reopen_OnAnotherComputer_IsRefusedToWhoIsLimitedToThisOne()
    {
        var closed = TestSessions.HostedBy(TestSessions.Ann, throughServer: true) with { State = SessionState.Closed, Debugger = DebuggerState.Exited, RunIsOver = true };

        var elsewhere = LifecycleRules.Reopen(closed, new CallerId(TestSessions.Ann.Id, "lab"), new ReopenSession("lab2"), TestSessions.Now);
        var here = LifecycleRules.Reopen(closed, new CallerId(TestSessions.Ann.Id, "lab"), new ReopenSession("lab"), TestSessions.Now);

        Assert.Equal(ProblemCodes.TokenScope, Assert.IsType<Decision.Refuse>(elsewhere).Refusal.Code);
        Assert.IsType<Decision.StartFirst>(here);
    }

    /// <summary>Every method of the session's grain that somebody calls, also those that come later.</summary>
    [Fact]
    public async Task Methods_WhenTheSessionRunsElsewhere_AnswerAsIfItWereNotThere()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        var limited = new CallerId(ann.Id, "elsewhere");
        var methods = typeof(ISessionGrain).GetMethods().Where(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(CallerId))).ToArray();
        Assert.True(methods.Length > 15);

        List<string> wrong = [];
        foreach (var method in methods)
        {
            var code = await RefusalOf(method, session, limited);
            if (code != (method.Name == nameof(ISessionGrain.Host) ? ProblemCodes.WrongState : ProblemCodes.SessionNotFound))
                wrong.Add($"{method.Name}: {code ?? "done"}");
        }
        var joined = await session.Join(new ReaderJoin(new Reader(ann.Id, Place: null, "elsewhere"), Computer: null, Moves: false));
        var hosted = await cluster.Grains.Session(SessionId.New()).Host(limited, new HostSession("lab", "/usr/bin/gdb", "", "n", ""));

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(ProblemCodes.SessionNotFound, joined.Refusal?.Code);
        Assert.Equal(ProblemCodes.TokenScope, hosted.Refusal?.Code);
        Assert.Empty((await cluster.Grains.User(ann.Id).ReadList(null, 10, "elsewhere")).Sessions);
        Assert.Equal(id.ToString(), Assert.Single((await cluster.Grains.User(ann.Id).ReadList(null, 10, (await session.View(ann.Id)).Value!.Computer)).Sessions).Id.Id);
    }

    private static async Task<string?> RefusalOf(MethodInfo method, ISessionGrain session, CallerId caller)
    {
        var arguments = method.GetParameters().Select(parameter => parameter.ParameterType == typeof(CallerId) ? caller : Something(parameter.ParameterType)).ToArray();
        var call = (Task)method.Invoke(session, arguments)!;
        await call;
        var outcome = call.GetType().GetProperty(nameof(Task<int>.Result))!.GetValue(call)!;
        return ((Refusal?)outcome.GetType().GetProperty(nameof(Outcome<int>.Refusal))!.GetValue(outcome))?.Code;
    }

    private static object? Something(Type type) => type == typeof(string) ? "something"
        : type == typeof(string[]) ? (string[])["something"]
        : type == typeof(Person[]) ? new[] { TestSessions.Bob }
        : type == typeof(HostSession) ? new HostSession("lab", "/usr/bin/gdb", "", "n", "")
        : type == typeof(SessionChange) ? new SessionChange()
        : type == typeof(KeyPress) ? new KeyPress("id", "c", null)
        : type.IsValueType && Nullable.GetUnderlyingType(type) is null ? Activator.CreateInstance(type)
        : null;
}
