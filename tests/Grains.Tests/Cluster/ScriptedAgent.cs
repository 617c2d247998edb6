using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Computers;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Tests.Cluster;

/// <summary>An agent's side of the grains, a call at a time as a test tells it.</summary>
public sealed class ScriptedAgent(IGrainFactory grains, Person user, bool throughServer)
{
    private long nextChunk = 1;

    public string Computer { get; init; } = "lab";

    /// <summary>The run that it speaks for.</summary>
    public int Run { get; set; } = 1;

    public string Instance { get; init; } = "instance";

    public string DebuggerKind { get; init; } = "gdb";

    /// <summary>By which it is attached to its run.</summary>
    public string Connection { get; private set; } = "connection-0";

    private string registered = "";

    private IComputerGrain Grain => grains.Computer(user.Id, Computer);

    public async Task RegisterAsync()
    {
        await grains.User(user.Id).AddComputer(Computer);
        registered = $"registered-{Guid.NewGuid():N}";
        Assert.Null((await Grain.Register(new ComputerRegistration(registered, Computer, Instance, ["/usr/bin/gdb"]))).Refusal);
    }

    /// <summary>Waits for one request to start a debugger and answers it.</summary>
    public async Task<ComputerRequest> AnswerOneAsync(string? problem)
    {
        while (true)
        {
            var read = await Grain.ReadRequests(registered, 0, TimeSpan.FromSeconds(1));
            if (read.Value!.Requests is [var request, ..])
            {
                var started = problem is null ? new StartedDebugger(DebuggerKind, throughServer, SecretText.MaskArgument(request.Start.Arguments), Computer) : null;
                await Grain.Answer(new ComputerAnswer(request.RequestId, started, problem));
                return request;
            }
        }
    }

    /// <summary>Attaches with a new connection; the next chunk is the one that the grain asks for.</summary>
    public async Task<AgentAttached> AttachAsync(ISessionGrain session)
    {
        var outcome = await TryAttachAsync(session);
        Assert.Null(outcome.Refusal);
        nextChunk = outcome.Value!.Accepted + 1;
        return outcome.Value;
    }

    public Task<Outcome<AgentAttached>> TryAttachAsync(ISessionGrain session)
    {
        Connection = $"connection-{Guid.NewGuid():N}";
        return session.AttachAgent(new AgentAttach(user.Id, Computer, Run, Instance, Connection, 0));
    }

    public StoredChunk Output(string text) => new(nextChunk++, AgentChunkKind.Output, Encoding.UTF8.GetBytes(text), null);

    public StoredChunk Report(AgentChunkKind kind, AgentReport report) => new(nextChunk++, kind, default, report);

    public Task<Outcome<ChunksAccepted>> SendAsync(ISessionGrain session, params StoredChunk[] chunks) =>
        session.Append(new AgentChunks(Connection, Run, chunks));

    public async Task<AgentLane> LaneAsync(ISessionGrain session, long afterInstruction = 0, long afterSignal = 0, long knownDurable = -1, double waitSeconds = 0)
    {
        var outcome = await session.ReadAgentLane(new AgentCursor(Connection, Run, afterInstruction, afterSignal, knownDurable, TimeSpan.FromSeconds(waitSeconds)));
        Assert.Null(outcome.Refusal);
        return outcome.Value!;
    }
}
