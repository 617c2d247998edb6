using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Computers;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Agents;

/// <summary>What agents call. Whatever goes wrong ends the stream, and the agent attaches again: one mechanism for all of it.</summary>
internal sealed class AgentHub(IGrainFactory grains, Accounts accounts, OpenSignIns signIns, ClusterWatch cluster, MemoryBudget memory, ISessionLog log, TokenWatch tokens) : Hub, IAgentHub
{
    private static readonly TimeSpan ReadWait = TimeSpan.FromSeconds(2.5);

    /// <summary>Debuggers that one agent may name.</summary>
    private const int DebuggersLimit = 100;

    public override Task OnConnectedAsync()
    {
        _ = tokens.WatchAsync(Context.User, Context.Abort, Context.ConnectionAborted);
        return base.OnConnectedAsync();
    }

    public async IAsyncEnumerable<AgentRequest> Register(AgentRegistration registration, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Check(registration.Computer);
        var account = await HostAsync(registration.Computer);
        if (registration.Debuggers.Length > DebuggersLimit)
            throw Problems.Hub(new Refusal(ProblemCodes.InvalidRequest, $"An agent names at most {DebuggersLimit} debuggers; this one names {registration.Debuggers.Length}."));
        var connection = $"{Context.ConnectionId}/{Guid.NewGuid():N}";
        var computer = grains.Computer(account.Person.Id, registration.Computer);
        await grains.User(account.Person.Id).AddComputer(registration.Computer);
        (await GrainCalls.TryAsync(() => computer.Register(
            new ComputerRegistration(connection, registration.Computer, registration.AgentInstance, registration.Debuggers)))).OrHubException();
        Context.Items[nameof(Register)] = computer;
        using var signIn = signIns.Open(Context.User);
        var after = 0L;
        while (!cancellationToken.IsCancellationRequested && !Context.ConnectionAborted.IsCancellationRequested && !signIn.Ended.IsCancellationRequested)
        {
            var read = (await GrainCalls.TryAsync(() => computer.ReadRequests(connection, after, ReadWait))).OrHubException();
            foreach (var request in read.Requests)
            {
                after = request.Number;
                yield return new AgentRequest(request.RequestId, request.Start.Session.Id, request.Start.Run, request.Start.Debugger, request.Start.Arguments, request.ValidFor, request.Start.WhenSpoolFull, request.Start.OnlyThroughServer, request.Start.SecureMode);
            }
        }
    }

    public async Task Answer(AgentAnswer answer)
    {
        if (Context.Items[nameof(Register)] is not IComputerGrain computer)
            throw Problems.Hub(new Refusal(ProblemCodes.OutOfStep, "Register first."));
        await computer.Answer(new ComputerAnswer(
            answer.RequestId,
            answer.Started ? new StartedDebugger(answer.DebuggerKind ?? "", answer.ThroughServer, answer.MaskedArguments ?? "", "") : null,
            answer.Problem));
    }

    public async IAsyncEnumerable<AgentDown> Attach(AttachRequest request, IAsyncEnumerable<AgentChunk> chunks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!SessionId.TryParse(request.SessionId, out var id))
            throw Problems.Hub(Refusals.SessionNotFound);
        if (memory.Refusal is { } full)
            throw Problems.Hub(full);
        Check(request.Computer);
        var account = await HostAsync(request.Computer);
        var session = grains.Session(id);
        var connection = $"{Context.ConnectionId}/{Guid.NewGuid():N}";
        var attached = (await GrainCalls.TryAsync(() => session.AttachAgent(
            new AgentAttach(account.Person.Id, request.Computer, request.Run, request.AgentInstance, connection, request.LastInstruction)))).OrHubException();
        Context.Items[RunKey(id, request.Run)] = connection;
        yield return new AgentDown { Accepted = attached.Accepted };
        using var signIn = signIns.Open(Context.User);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Context.ConnectionAborted);
        await foreach (var down in new AgentStream(session, cluster, connection, request).RunAsync(chunks, signIn.Ended, ended.Token))
            yield return down;
    }

    public async Task ReportSpool(SpoolReport report)
    {
        if (!SessionId.TryParse(report.SessionId, out var id) || !Enum.IsDefined(report.State))
            throw Problems.Hub(new Refusal(ProblemCodes.InvalidRequest, "A spool's report names a session and one of the spool's states."));
        if (Context.Items[RunKey(id, report.Run)] is not string connection)
            throw Problems.Hub(new Refusal(ProblemCodes.OutOfStep, "Attach the run first."));
        (await GrainCalls.TryAsync(() => grains.Session(id).ReportSpool(
            new AgentSpool(connection, report.Run, report.State, report.Bytes, report.LimitBytes)))).OrHubException();
    }

    public async Task<string[]> FindTerminated(string[] sessionIds)
    {
        if (sessionIds.Length > Limits.KeptSessions)
            throw Problems.Hub(new Refusal(ProblemCodes.InvalidRequest, $"An agent asks about at most {Limits.KeptSessions} sessions at once."));
        var caller = await CallerAsync(computer: null);
        List<string> terminated = [];
        foreach (var text in sessionIds)
        {
            if (!SessionId.TryParse(text, out var id))
                continue;
            var view = await GrainCalls.TryAsync(() => grains.Session(id).View(caller.Id));
            // One that is deleted was terminated before.
            if (view.Value is { IsHost: true, State: SessionState.Terminated }
                || (view.Refusal?.Code is ProblemCodes.SessionNotFound && await log.WasDeleted(id, Context.ConnectionAborted)))
                terminated.Add(text);
        }
        return [.. terminated];
    }

    /// <summary>Under which a connection keeps the name by which it is attached to a run.</summary>
    private static (SessionId, int) RunKey(SessionId session, int run) => (session, run);

    /// <summary>An agent speaks for somebody who may host, or who did: what an earlier run left behind is still taken.</summary>
    private async Task<Account> HostAsync(string computer) => (await CallerAsync(computer)).Account;

    private async Task<Caller> CallerAsync(string? computer) =>
        (await GrainCalls.TryAsync(() => accounts.Of(Context.User, new TokenNeed(TokenRight.Host, computer)))).OrHubException();

    private static void Check(string? computer)
    {
        if (string.IsNullOrWhiteSpace(computer) || computer.Length > Limits.ComputerNameLength || VisibleText.HasHidden(computer, isOneLine: true))
            throw Problems.Hub(new Refusal(ProblemCodes.InvalidRequest, $"A computer's name has 1 to {Limits.ComputerNameLength} visible characters."));
    }
}
