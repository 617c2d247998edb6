using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;
using OrleansKd.Local;
using OrleansKd.Local.Azurite;
using OrleansKd.Local.Processes;

namespace OrleansKd.EndToEnd.Tests.Infrastructure;

/// <summary>Two silos and two edges as four processes over one Azurite, behind a round-robin proxy; an agent beside gdb.</summary>
internal sealed class FourProcesses : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly string root = Directory.CreateTempSubdirectory("orleanskd-four-").FullName;
    private readonly Stack<IAsyncDisposable> started = new();
    private readonly DataFolder data;
    private readonly HttpClient http = new();
    private readonly List<ProgramRun> edges = [];

    private FourProcesses()
    {
        data = DataFolder.Open(Path.Combine(root, "data"));
        Environment = new Dictionary<string, string?>
        {
            ["ORLEANSKD_HOME"] = Path.Combine(root, "home"),
            ["NO_COLOR"] = "1",
            ["TERM"] = "xterm-256color",
            ["DOTNET_ENVIRONMENT"] = "Development",
        };
    }

    public string Folder => root;

    public RoundRobinProxy Proxy { get; private set; } = null!;

    public IReadOnlyList<ProgramRun> Edges => edges;

    private Dictionary<string, string?> Environment { get; }

    private Uri Authority => new($"http://127.0.0.1:{data.AuthorityPort}");

    public static async Task<FourProcesses> OpenAsync()
    {
        var four = new FourProcesses();
        try
        {
            await four.StartAsync();
            return four;
        }
        catch
        {
            await four.DisposeAsync();
            throw;
        }
    }

    public ProgramRun Start(string profile, params string[] arguments) => Keep(new ProgramRun("dotnet",
        [BuiltProgram.PathOf(BuiltProgram.Client), "--profile", profile, "--server", Proxy.Address.GetLeftPart(UriPartial.Authority), .. arguments], Environment, root));

    public Task<ProgramResult> RunAsync(string profile, params string[] arguments) => Start(profile, arguments).EndAsync();

    public async ValueTask DisposeAsync()
    {
        while (started.TryPop(out var item))
            await item.DisposeAsync();
        http.Dispose();
        data.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private async Task StartAsync()
    {
        data.WriteSettings(refuseNewSessions: null);
        var azurite = await AzuriteProcess.Start(new AzuriteOptions { InMemory = true }, TestContext.Current.CancellationToken);
        started.Push(azurite);
        Environment["OrleansKd__Storage__ConnectionString"] = azurite.ConnectionString;
        Keep(new ProgramRun("dotnet", [BuiltProgram.PathOf(BuiltProgram.Authority), "--urls", Authority.GetLeftPart(UriPartial.Authority), "--keys", data.AuthorityKeys], Environment));
        await AnswersAsync(new Uri(Authority, "/.well-known/openid-configuration"));
        await Task.WhenAll(StartServerAsync("silo"), StartServerAsync("silo"));
        var ports = await Task.WhenAll(StartServerAsync("edge"), StartServerAsync("edge"));
        Proxy = new RoundRobinProxy(ports);
        started.Push(Proxy);
        await SampleUsers.SignInAsync(new ProfileStore(Environment["ORLEANSKD_HOME"]!), Authority, Proxy.Address, http, TimeProvider.System, TestContext.Current.CancellationToken);
        var agent = Keep(new ProgramRun("dotnet",
            [BuiltProgram.PathOf(BuiltProgram.Agent), "--server", Proxy.Address.GetLeftPart(UriPartial.Authority), "--profile", "host", "--data", data.Agent], Environment));
        await agent.WaitForAsync(text => text.Contains("connected to", StringComparison.Ordinal), "the agent's line");
    }

    private async Task<int> StartServerAsync(string role)
    {
        var port = Requirements.FreePort();
        var run = Keep(new ProgramRun("dotnet",
        [
            BuiltProgram.PathOf(BuiltProgram.Silo), "--urls", $"http://127.0.0.1:{port}", "--role", role, "--settings", data.Settings,
            "--silo-port", $"{Requirements.FreePort()}", "--gateway-port", $"{Requirements.FreePort()}",
            "--OrleansKd:Auth:Authority", Authority.GetLeftPart(UriPartial.Authority),
        ], Environment));
        if (role == "edge")
            edges.Add(run);
        await AnswersAsync(new Uri($"http://127.0.0.1:{port}{Routes.Health}"));
        return port;
    }

    private async Task AnswersAsync(Uri url)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartLimit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
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

    private ProgramRun Keep(ProgramRun run)
    {
        started.Push(run);
        return run;
    }
}
