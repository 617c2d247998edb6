using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Benchmarks.Viewers;
using OrleansKd.Contracts;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Benchmarks.Running;

/// <summary>
/// Everything that a benchmark runs on, as real processes: Azurite in memory, the sign-in, server processes with edge and silo, the
/// agent with gdb on a program made for it, and a process for each viewer, each a user of their own.
/// </summary>
internal sealed class BenchmarkStage : IAsyncDisposable
{
    /// <summary>Users who may join, made known by the settings.</summary>
    public const int MostViewers = Limits.InvitedClients;

    private readonly Stack<IAsyncDisposable> opened = new();

    private BenchmarkStage(ServerProcesses servers, ServerProcess[] processes, Uri server, string hostToken)
    {
        (Servers, Processes, Server) = (servers, processes, server);
        HostTokens = new FixedToken(hostToken);
        Api = new SessionsClient(server, HostTokens);
    }

    public ServerProcesses Servers { get; }

    /// <summary>Edge and silo in one process each.</summary>
    public ServerProcess[] Processes { get; }

    /// <summary>What the host and the agent speak to: the first process, or the proxy before all of them.</summary>
    public Uri Server { get; }

    public IAccessTokens HostTokens { get; }

    public SessionsClient Api { get; }

    /// <param name="configure">Changes the environment of all processes, which settings can be put into.</param>
    public static async Task<BenchmarkStage> OpenAsync(int silos, bool withAgent = true, bool behindProxy = false, Action<IDictionary<string, string?>>? configure = null)
    {
        var servers = await ServerProcesses.OpenAsync(environment =>
        {
            for (var i = 1; i <= MostViewers; i++)
                environment[$"OrleansKd__Organizations__1__Joiners__{i}"] = EmailOf(i);
            // One host invites to hundreds of sessions at once.
            environment["OrleansKd__Edge__InvitesPerMinute"] = "100000";
            environment["Logging__LogLevel__Default"] = "Warning";
            // Says which process owns a session.
            environment["Logging__LogLevel__OrleansKd.Grains.Sessions.SessionGrain"] = "Information";
            configure?.Invoke(environment);
        });
        try
        {
            List<ServerProcess> processes = [];
            for (var i = 0; i < silos; i++)
                processes.Add(await servers.StartServerAsync("all"));
            var server = behindProxy ? servers.Balance([.. processes]).Address : processes[0].Address;
            await servers.SignInAsync(server);
            if (withAgent)
                await servers.StartAgentAsync(server);
            var token = await servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host" });
            return new BenchmarkStage(servers, [.. processes], server, token);
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>The C program of the benchmarks, compiled.</summary>
    public async Task<string> ProgramAsync()
    {
        var program = Path.Combine(Servers.Folder, "bench");
        if (!File.Exists(program))
        {
            await using var gcc = new ProgramRun("gcc", ["-O2", "-o", program, Path.Combine(AppContext.BaseDirectory, "Programs", "bench.c")]);
            (await gcc.EndAsync()).Succeeded();
        }
        return program;
    }

    /// <summary>A session of gdb on the benchmark's program with these arguments, not running yet.</summary>
    public async Task<string> HostAsync(string arguments, int clients)
    {
        var program = await ProgramAsync();
        // Without address randomization's personality call, which sandboxes refuse.
        var session = await Api.HostAsync(new HostSessionRequest(
            Environment.MachineName, "/usr/bin/gdb", $"-nx -q -iex \"set disable-randomization off\" --args {program} {arguments}", "benchmark", ""), CancellationToken.None);
        if (clients > 0)
        {
            for (var i = 1; i <= clients; i++)
                await ClientTokenAsync(i);
            await Api.InviteAsync(session.Id, [.. Enumerable.Range(1, clients).Select(EmailOf)], CancellationToken.None);
        }
        return session.Id;
    }

    /// <summary>Followers as processes, spread over the server processes or behind their proxy, each connected.</summary>
    public async Task<ViewerProcess[]> StartViewersAsync(string session, int count, params string[] arguments)
    {
        List<ViewerProcess> viewers = [];
        for (var i = 1; i <= count; i++)
        {
            var viewer = new ViewerProcess(Processes.Any(process => process.Address == Server) ? Processes[i % Processes.Length].Address : Server, session, await ClientTokenAsync(i), arguments);
            opened.Push(viewer);
            viewers.Add(viewer);
        }
        await Task.WhenAll(viewers.Select(viewer => viewer.WaitForAsync("ready")));
        return [.. viewers];
    }

    public async Task<string> ClientTokenAsync(int number)
    {
        var token = await Servers.TokenAsync(new { Email = EmailOf(number), Name = $"Viewer {number}" });
        using var client = new SessionsClient(Server, new FixedToken(token));
        await client.GetMeAsync(CancellationToken.None);
        return token;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        while (opened.TryPop(out var item))
            await item.DisposeAsync();
        await Servers.DisposeAsync();
    }

    public static string EmailOf(int number) => $"viewer{number}@fabrikam.example";
}

/// <summary>A token of the test authority, good for longer than a benchmark runs.</summary>
internal sealed class FixedToken(string token) : IAccessTokens
{
    public Task<string> GetAccessTokenAsync(CancellationToken cancellationToken) => Task.FromResult(token);

    public void Forget(string accessToken)
    {
        // There is no other: the next request is refused, too, and says so.
    }
}
