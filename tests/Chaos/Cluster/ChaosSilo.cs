using System.Diagnostics;
using OrleansKd.Chaos.Storage;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Chaos.Cluster;

/// <summary>A silo's place, and the process that fills it now.</summary>
internal sealed class ChaosSilo(ServerProcesses servers, StorageProxy proxy, bool isEdge, ServerPlace place)
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    private volatile ServerProcess? process;

    public StorageProxy Proxy => proxy;

    /// <summary>It is the edge as well.</summary>
    public bool IsEdge => isEdge;

    public ServerPlace Place { get; private set; } = place;

    public bool IsRunning => process is not null;

    /// <summary>When it was killed last.</summary>
    public long KilledAt { get; private set; }

    public ServerProcess Process => process ?? throw new InvalidOperationException("This silo does not run.");

    public void Launch() => process = servers.LaunchServer(isEdge ? "all" : "silo", Place);

    public async Task StartAsync()
    {
        Launch();
        await servers.AnswersAsync(Process);
    }

    /// <summary>The next process takes ports that no dead silo had, so nothing tells the others that the old one is dead.</summary>
    public void MoveAway()
    {
        var fresh = ServerPlace.Anywhere();
        Place = Place with { SiloPort = fresh.SiloPort, GatewayPort = fresh.GatewayPort };
    }

    /// <summary>At once, from whatever thread; harmless when it is dead.</summary>
    public void Kill()
    {
        process?.Run.Signal(SigKill);
        KilledAt = Stopwatch.GetTimestamp();
    }

    public void AskToStop() => Process.Run.Signal(SigTerm);

    /// <summary>Waits until the process is gone.</summary>
    public async Task<ProgramResult> GoneAsync()
    {
        var result = await Process.Run.EndAsync();
        process = null;
        return result;
    }
}
