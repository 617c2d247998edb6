using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Chaos.Storage;
using OrleansKd.Local;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Chaos.Cluster;

/// <summary>
/// Real processes: Azurite in memory, sign-in, silos that reach Azurite through a proxy each, one agent. People and the agent see
/// one address, which never changes, whatever stands behind it.
/// </summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private readonly List<ChaosSilo> silos = [];
    private readonly HttpClient http = new();
    private TokenSource? tokens;
    private StorageTrap? trap;
    private volatile ChaosSilo? owner;
    private long appends;

    private ChaosCluster(ServerProcesses servers) => Servers = servers;

    public ServerProcesses Servers { get; }

    /// <summary>Where everybody connects.</summary>
    public Uri Edge { get; } = new($"http://127.0.0.1:{Requirements.FreePort()}");

    public IReadOnlyList<ChaosSilo> Silos => silos;

    /// <summary>The silo that took a session over or appended to one last.</summary>
    public ChaosSilo? Owner => owner;

    /// <summary>Rows that were appended since a compaction ended.</summary>
    public long AppendsSinceSwitch => Interlocked.Read(ref appends);

    public IAccessTokens HostTokens => tokens ?? throw new InvalidOperationException("Nobody has signed in.");

    public static async Task<ChaosCluster> OpenAsync() => new(await ServerProcesses.OpenAsync());

    /// <summary>A place for a silo; <paramref name="isEdge"/>: it also is the edge that everybody sees. Nothing is started.</summary>
    public async Task<ChaosSilo> AddSiloAsync(bool isEdge)
    {
        var proxy = await StorageProxy.StartAsync(Servers.Storage);
        var place = ServerPlace.Anywhere() with { StorageConnectionString = proxy.ConnectionString };
        var silo = new ChaosSilo(Servers, proxy, isEdge, isEdge ? place with { HttpPort = Edge.Port } : place);
        proxy.Trap = () => Volatile.Read(ref trap);
        proxy.OnTrap = silo.Kill;
        proxy.Seen = request =>
        {
            if (request.Kind is StorageRequestKind.Append or StorageRequestKind.TakeOver)
                owner = silo;
            if (request.Kind is StorageRequestKind.Append)
                Interlocked.Increment(ref appends);
            else if (request.Kind is StorageRequestKind.Switch)
                Interlocked.Exchange(ref appends, 0);
        };
        silos.Add(silo);
        return silo;
    }

    /// <summary>An edge alone, at the address that everybody sees.</summary>
    public Task<ServerProcess> StartEdgeAsync() => Servers.StartServerAsync("edge", ServerPlace.Anywhere() with { HttpPort = Edge.Port });

    /// <summary>Signs the host in and starts the host's agent.</summary>
    public async Task StartAgentAsync()
    {
        await Servers.SignInAsync(Edge);
        tokens = new TokenSource(new ProfileStore(Servers.Environment["ORLEANSKD_HOME"]!), "host", Edge, http, TimeProvider.System);
        await Servers.StartAgentAsync(Edge);
    }

    public SessionsClient Client() => new(Edge, HostTokens);

    /// <summary>One trap at a time.</summary>
    public void Arm(StorageTrap? next) => Volatile.Write(ref trap, next);

    /// <summary>The silo behind a proxy.</summary>
    public ChaosSilo Of(StorageProxy proxy) => silos.Single(silo => silo.Proxy == proxy);

    public async ValueTask DisposeAsync()
    {
        Arm(null);
        foreach (var silo in silos)
            silo.Proxy.Release();
        await Servers.DisposeAsync();
        foreach (var silo in silos)
            await silo.Proxy.DisposeAsync();
        tokens?.Dispose();
        http.Dispose();
    }
}
