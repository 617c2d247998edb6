using System.Reflection;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using OrleansKd.Contracts;
using OrleansKd.Silo.Agents;
using OrleansKd.Silo.Sessions;

namespace OrleansKd.Silo.Tests.Auth;

/// <summary>Every method of the hubs against everybody who may be at the door. A method without a row fails.</summary>
public sealed class HubMatrixTests : IAsyncLifetime
{
    private const string Computer = MatrixStage.OtherComputer;

    /// <summary>By hub and method, a letter for each <see cref="MatrixCaller"/>.</summary>
    private static readonly Dictionary<string, string> Rows = new(StringComparer.Ordinal)
    {
        //                                         stranger, other company, revoked, viewer, inspect, full, host, administrator; read, host, lab, other token
        [$"{Routes.SessionHub} {nameof(ISessionHub.Follow)}"] = "0 0 0 + + + + 0 + + + 0",
        [$"{Routes.SessionHub} {nameof(ISessionHub.EnterCommand)}"] = "0 0 0 - + + + 0 - + + 0",
        [$"{Routes.SessionHub} {nameof(ISessionHub.Break)}"] = "0 0 0 - - + + 0 - + + 0",
        [$"{Routes.SessionHub} {nameof(ISessionHub.PressKey)}"] = "0 0 0 - - + + 0 - + + 0",
        // Somebody's own computer, whatever its name: nothing of this session. What hosts needs Host Sessions.
        [$"{Routes.AgentHub} {nameof(IAgentHub.Register)}"] = "+ + + + + + + + - + - +",
        // An agent of another user, even one that names the run, the computer and the agent; the host's own only from the computer that hosts.
        [$"{Routes.AgentHub} {nameof(IAgentHub.Attach)}"] = "0 0 0 0 0 0 - 0 - - - -",
        // Both are bound to what the same connection has registered or attached, and nobody here has.
        [$"{Routes.AgentHub} {nameof(IAgentHub.Answer)}"] = "~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~",
        [$"{Routes.AgentHub} {nameof(IAgentHub.ReportSpool)}"] = "~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~",
        // Tells of one's own sessions only; this one lives, so that nobody learns anything.
        [$"{Routes.AgentHub} {nameof(IAgentHub.FindTerminated)}"] = "+ + + + + + + + - + + +",
    };

    private MatrixStage stage = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => stage = await MatrixStage.OpenAsync();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task Methods_ForEverybody_DoWhatTheMatrixSays()
    {
        Assert.Equal(MethodsOf(Routes.SessionHub, typeof(SessionHub)).Concat(MethodsOf(Routes.AgentHub, typeof(AgentHub))).Order(), Rows.Keys.Order());
        var before = await stage.TranscriptAsync();
        List<string> wrong = [];
        var isRefused = true;
        var cells = from row in Rows from caller in MatrixStage.Callers select (Row: row, Caller: caller, Cell: (MatrixCell)row.Value[2 * (int)caller]);
        foreach (var (row, caller, cell) in cells.OrderBy(item => item.Cell is MatrixCell.May))
        {
            if (isRefused && cell is MatrixCell.May)
            {
                isRefused = false;
                // Nothing that was refused has left a trace.
                Assert.Equal(before, await stage.TranscriptAsync());
            }
            var code = await CodeAsync(row.Key, caller, stage.Session);
            var isAsSaid = cell switch
            {
                MatrixCell.May => code is null,
                MatrixCell.MayNot => code is ProblemCodes.HostOnly or ProblemCodes.FullControlOnly or ProblemCodes.NotPermitted or ProblemCodes.TokenScope,
                MatrixCell.NotThere => code == ProblemCodes.SessionNotFound && code == await CodeAsync(row.Key, caller, SessionId.New().ToString()),
                _ => code is ProblemCodes.OutOfStep or ProblemCodes.WrongState,
            };
            if (!isAsSaid)
                wrong.Add($"{row.Key} by {caller}: {code ?? "answered"}, but the matrix says '{(char)cell}'");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        await FindTerminatedTellsTheHostOnlyAsync();
    }

    private static IEnumerable<string> MethodsOf(string route, Type hub) => hub.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(method => method.GetBaseDefinition().DeclaringType == hub && !method.IsSpecialName).Select(method => $"{route} {method.Name}");

    /// <summary>The code of the refusal, null when it happened.</summary>
    private async Task<string?> CodeAsync(string method, MatrixCaller caller, string session)
    {
        var (hub, name) = method.Split(' ') switch { var parts => (parts[0], parts[1]) };
        await using var connection = await stage.ConnectAsync(hub, stage.TokenOf(caller));
        try
        {
            await CallAsync(connection, name, session);
            return null;
        }
        catch (HubException refusal)
        {
            return ProblemCodes.All.FirstOrDefault(code => refusal.Message.Contains(code, StringComparison.Ordinal)) ?? refusal.Message;
        }
    }

    private static Task CallAsync(HubConnection connection, string name, string session) => name switch
    {
        nameof(ISessionHub.Follow) => FirstOfAsync<TranscriptPage>(connection, name, new FollowRequest(session, 0, 0, DurableOnly: true), Nothing<long>()),
        nameof(ISessionHub.EnterCommand) => connection.InvokeAsync<EnterCommandResponse>(name, session, new EnterCommandRequest("info line"), Cancellation),
        nameof(ISessionHub.Break) => connection.InvokeAsync(name, session, new BreakRequest($"{Guid.NewGuid():N}"), Cancellation),
        nameof(ISessionHub.PressKey) => connection.InvokeAsync(name, session, new PressKeyRequest($"{Guid.NewGuid():N}", "c"), Cancellation),
        nameof(IAgentHub.Register) => RegisterAsync(connection),
        nameof(IAgentHub.Attach) => FirstOfAsync<AgentDown>(connection, name, new AttachRequest(session, 1, Computer, "another", 0), Nothing<AgentChunk>()),
        nameof(IAgentHub.Answer) => connection.InvokeAsync(name, new AgentAnswer("1", true, null, false, "gdb", ""), Cancellation),
        nameof(IAgentHub.ReportSpool) => connection.InvokeAsync(name, new SpoolReport(session, 1, SpoolState.Holding, 1, 1), Cancellation),
        nameof(IAgentHub.FindTerminated) => NothingFoundAsync(connection, session),
        _ => throw new InvalidOperationException($"Nobody has said how {name} is called."),
    };

    private static async Task NothingFoundAsync(HubConnection connection, string session) =>
        Assert.Empty(await connection.InvokeAsync<string[]>(nameof(IAgentHub.FindTerminated), (string[])[session], Cancellation));

    /// <summary>Of somebody else's session that is terminated an agent learns nothing, the host's does.</summary>
    private async Task FindTerminatedTellsTheHostOnlyAsync()
    {
        var (status, _, text) = await stage.AskAsync("POST", Routes.For(Routes.Terminate, stage.Session), stage.TokenOf(MatrixCaller.Host), new TerminateSessionRequest(TargetFate.LetRun));
        Assert.True(status < 300, text);

        // A token that only reads is no agent's.
        foreach (var caller in MatrixStage.Callers.Where(caller => caller is not MatrixCaller.ReadToken))
        {
            await using var connection = await stage.ConnectAsync(Routes.AgentHub, stage.TokenOf(caller));
            var found = await connection.InvokeAsync<string[]>(nameof(IAgentHub.FindTerminated), (string[])[stage.Session], Cancellation);
            Assert.Equal(caller is MatrixCaller.Host or MatrixCaller.HostToken or MatrixCaller.LabToken ? [stage.Session] : [], found);
        }
    }

    /// <summary>It answers with what is asked of it, and nothing is: a moment without a refusal is consent.</summary>
    private static async Task RegisterAsync(HubConnection connection)
    {
        using var moment = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        moment.CancelAfter(TimeSpan.FromMilliseconds(500));
        try
        {
            await foreach (var request in connection.StreamAsync<AgentRequest>(nameof(IAgentHub.Register), new AgentRegistration(Computer, "another", []), moment.Token))
                Assert.Fail($"asked to start {request.Debugger}");
        }
        catch (OperationCanceledException)
        {
            // As long as this test listens.
        }
    }

    private static async Task FirstOfAsync<T>(HubConnection connection, string name, object request, object nothing)
    {
        await foreach (var _ in connection.StreamAsyncCore<T>(name, [request, nothing], Cancellation))
            return;
        Assert.Fail($"{name} ended without a word.");
    }

    private static async IAsyncEnumerable<T> Nothing<T>()
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, Cancellation);
        yield break;
    }
}
