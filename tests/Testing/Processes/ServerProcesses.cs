using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;
using OrleansKd.Local;
using OrleansKd.Local.Azurite;
using OrleansKd.Local.Processes;
using Xunit;

namespace OrleansKd.Testing.Processes;

/// <summary>
/// Real server processes over an Azurite in memory and the test authority, with the sample users of <c>deploy/local</c>. A test adds the
/// silos, edges and agents that it wants.
/// </summary>
public sealed class ServerProcesses : IAsyncDisposable
{
    /// <summary>A silo answers after 5 seconds; a busy machine takes many times that.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private readonly Stack<IAsyncDisposable> started = new();
    private readonly List<Uri> addresses = [];
    private readonly Dictionary<string, string?> environment;
    private readonly HttpClient http = new();
    private readonly DataFolder data;
    private AzuriteProcess? azurite;
    private AzuriteOptions storage = new() { InMemory = true };

    private ServerProcesses()
    {
        Folder = Directory.CreateTempSubdirectory("orleanskd-servers-").FullName;
        data = DataFolder.Open(Path.Combine(Folder, "data"));
        environment = new Dictionary<string, string?>
        {
            ["ORLEANSKD_HOME"] = Path.Combine(Folder, "home"),
            ["NO_COLOR"] = "1",
            ["TERM"] = "xterm-256color",
            ["DOTNET_ENVIRONMENT"] = "Development",
        };
    }

    /// <summary>A folder of this test's own, deleted with it.</summary>
    public string Folder { get; }

    public Uri Authority => new($"http://127.0.0.1:{data.SignInPort}");

    public IReadOnlyDictionary<string, string?> Environment => environment;

    /// <summary>The storage that the servers use.</summary>
    public AzuriteProcess Storage => azurite ?? throw new InvalidOperationException("The storage is stopped.");

    /// <param name="configure">Changes the environment of all processes, which settings can be put into.</param>
    /// <param name="keepStorage">The storage keeps its tables on disk, so that it can be stopped and started again.</param>
    public static async Task<ServerProcesses> OpenAsync(Action<IDictionary<string, string?>>? configure = null, bool keepStorage = false)
    {
        var servers = new ServerProcesses();
        configure?.Invoke(servers.environment);
        try
        {
            servers.data.WriteSettings(refuseNewSessions: null);
            if (keepStorage)
                servers.storage = new AzuriteOptions { DataFolder = servers.data.Azurite };
            await servers.StartStorageAsync();
            servers.storage = servers.storage with { Port = servers.Storage.Port };
            servers.environment["OrleansKd__Storage__ConnectionString"] = servers.Storage.ConnectionString;
            servers.Keep(new ProgramRun("dotnet",
                [BuiltProgram.PathOf(BuiltProgram.Authority), "--urls", Text(servers.Authority), "--keys", Path.Combine(servers.Folder, "authority")], servers.environment));
            await servers.AnswersAsync(new Uri(servers.Authority, "/.well-known/openid-configuration"));
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the storage, where it was before if it was stopped.</summary>
    public async Task StartStorageAsync() => azurite = await AzuriteProcess.Start(storage, TestContext.Current.CancellationToken);

    /// <summary>Stops the storage: nothing listens there any more.</summary>
    public async Task StopStorageAsync()
    {
        await Storage.DisposeAsync();
        azurite = null;
    }

    /// <summary>What a server says of its health.</summary>
    public async Task<(bool IsHealthy, string Text)> HealthAsync(Uri server)
    {
        using var answer = await http.GetAsync(new Uri(server, Routes.Health), TestContext.Current.CancellationToken);
        return (answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Starts one server process and waits until it answers.</summary>
    /// <param name="role"><c>all</c>, <c>silo</c> or <c>edge</c>.</param>
    /// <param name="place">Where it listens; null: anywhere.</param>
    public async Task<ServerProcess> StartServerAsync(string role, ServerPlace? place = null)
    {
        var server = LaunchServer(role, place ?? ServerPlace.Anywhere());
        await AnswersAsync(server);
        return server;
    }

    /// <summary>Starts one server process and does not wait.</summary>
    public ServerProcess LaunchServer(string role, ServerPlace place)
    {
        var address = new Uri($"http://127.0.0.1:{place.HttpPort}");
        addresses.Add(address);
        string[] storage = place.StorageConnectionString is { } connection ? ["--OrleansKd:Storage:ConnectionString", connection] : [];
        return new ServerProcess(address, Keep(new ProgramRun("dotnet",
        [
            BuiltProgram.PathOf(BuiltProgram.Silo), "--urls", Text(address), "--role", role, "--settings", data.Settings,
            "--silo-port", $"{place.SiloPort}", "--gateway-port", $"{place.GatewayPort}",
            "--OrleansKd:Auth:Authority", Text(Authority), .. storage,
        ], environment)));
    }

    /// <summary>Waits until a launched server answers.</summary>
    public Task AnswersAsync(ServerProcess server) => AnswersAsync(new Uri(server.Address, Routes.Health), server.Run);

    /// <summary>Sends the storage's process a signal, such as SIGSTOP (19) and SIGCONT (18).</summary>
    public void SignalStorage(int signal) => ProgramRun.Signal(StorageProcessId, signal);

    public int StorageProcessId => Storage.ProcessId;

    /// <summary>Puts a round-robin proxy before these edges.</summary>
    public RoundRobinProxy Balance(params ServerProcess[] edges)
    {
        var proxy = new RoundRobinProxy([.. edges.Select(edge => edge.Address.Port)]);
        started.Push(proxy);
        return proxy;
    }

    /// <summary>Signs the sample users in as profiles <c>host</c>, <c>client</c> and <c>newcomer</c>, for this server's address.</summary>
    public Task SignInAsync(Uri server) =>
        TestSignIn.RunAsync(new ProfileStore(environment["ORLEANSKD_HOME"]!), Authority, server, http, TestContext.Current.CancellationToken);

    /// <summary>An access token for a user whom the test authority makes up.</summary>
    public async Task<string> TokenAsync(object user)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(Authority, "/users"), user, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["access_token"]!.GetValue<string>();
    }

    /// <summary>Starts an agent with a data folder of its own, and waits for nothing.</summary>
    public ProgramRun StartAgent(Uri server, string folder, string profile = "host", params string[] arguments) => Keep(new ProgramRun("dotnet",
        [BuiltProgram.PathOf(BuiltProgram.Client), "agent", "run", "--server", Text(server), "--profile", profile, "--data", folder, .. arguments], environment));

    /// <summary>Starts the host's agent and waits until it is connected.</summary>
    public async Task<ProgramRun> StartAgentAsync(Uri server)
    {
        var agent = StartAgent(server, data.Agent);
        await agent.WaitForAsync(text => text.Contains("connected to", StringComparison.Ordinal), "the agent's line 'connected to'");
        var token = await TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host" });
        using var timer = new PeriodicTimer(Poll);
        while (await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, Routes.Computers));
            request.Headers.Authorization = new("Bearer", token);
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            var computers = await answer.Content.ReadFromJsonAsync<ComputerSummary[]>(WireJson.Options, TestContext.Current.CancellationToken);
            if (computers!.Any(computer => computer.IsOnline))
                break;
        }
        return agent;
    }

    /// <summary>One command of <c>orleanskd</c> as somebody.</summary>
    public ProgramRun Start(Uri server, string profile, params string[] arguments) => Keep(new ProgramRun("dotnet",
        [BuiltProgram.PathOf(BuiltProgram.Client), "--profile", profile, "--server", Text(server), .. arguments], environment, Folder));

    /// <summary>Where the host's agent for this server is found.</summary>
    public AgentPlace AgentPlaceOf(Uri server)
    {
        var state = AgentPlace.StateFolder(environment.GetValueOrDefault);
        return new AgentPlace(state, state, "host", server);
    }

    public async ValueTask DisposeAsync()
    {
        // Agents that were started by themselves are nobody's children.
        foreach (var place in addresses.Select(AgentPlaceOf).Where(place => File.Exists(place.StartOutput)))
            await ControlClient.StopAsync(place, TimeProvider.System, CancellationToken.None);
        while (started.TryPop(out var item))
            await item.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
        http.Dispose();
        data.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private async Task AnswersAsync(Uri url, ProgramRun? process = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartLimit);
        using var timer = new PeriodicTimer(Poll);
        try
        {
            while (await timer.WaitForNextTickAsync(limit.Token))
            {
                try
                {
                    using var answer = await http.GetAsync(url, limit.Token);
                    if (answer.IsSuccessStatusCode)
                        return;
                }
                catch (HttpRequestException)
                {
                    // Not up yet.
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{url} did not answer. It wrote:\n{process?.Out}\n{process?.Error}");
        }
    }

    private ProgramRun Keep(ProgramRun run)
    {
        started.Push(run);
        return run;
    }
}

/// <summary>One server process and where it listens.</summary>
public sealed record ServerProcess(Uri Address, ProgramRun Run);

/// <summary>Where a server listens, so that another one can take its place.</summary>
/// <param name="StorageConnectionString">Its own way to the storage; null: straight.</param>
public sealed record ServerPlace(int HttpPort, int SiloPort, int GatewayPort, string? StorageConnectionString = null)
{
    public static ServerPlace Anywhere() => new(Requirements.FreePort(), Requirements.FreePort(), Requirements.FreePort());
}
