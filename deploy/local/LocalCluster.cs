using System.Diagnostics;
using System.Net.Http.Json;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;
using OrleansKd.Local.Azurite;
using OrleansKd.Local.Processes;

namespace OrleansKd.Local;

/// <summary>
/// The processes of one machine, started in the order in which they need each other and stopped the other way round: the agent
/// first, so that the end of its debuggers is still recorded; Azurite last.
/// </summary>
internal sealed class LocalCluster(LocalOptions options, DataFolder data) : IAsyncDisposable
{
    /// <summary>A silo answers after 5 seconds; a busy machine takes many times that.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private const string MailFrom = "OrleansKd <orleanskd@localhost.example>";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private readonly Stack<IAsyncDisposable> started = new();
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private Uri Authority => new($"http://127.0.0.1:{data.SignInPort}");

    public async Task StartAsync(CancellationToken ending)
    {
        data.WriteSettings(refuseNewSessions: null);
        Directory.CreateDirectory(data.Mail);
        var signIn = Keep("the sign-in", BuiltProgram.SignIn, "sign-in", SignInArguments());
        var azurite = await AzuriteProcess.Start(new AzuriteOptions { DataFolder = data.Azurite }, ending);
        started.Push(azurite);
        var sample = new SampleSignIn(ProfileStore.ForUser(), Authority, options.Server, data.Mail, http, TimeProvider.System);
        // Silos take longer: meanwhile people sign in.
        var signingIn = SignInAsync(signIn, sample, ending);
        for (var i = 1; i <= options.Silos; i++)
        {
            var url = i == 1 ? options.Server : new Uri($"http://127.0.0.1:{Requirements.FreePort()}");
            var name = options.Silos == 1 ? "silo" : $"silo-{i}";
            var silo = Keep(name, BuiltProgram.Silo, name, SiloArguments(url, i == 1 ? "all" : "silo"), ("OrleansKd__Storage__ConnectionString", azurite.ConnectionString));
            await AnswersAsync(silo, name, () => IsOkAsync(new Uri(url, Routes.Health), ending), ending);
        }
        await signingIn;
        await sample.MakeAccountsAsync(ending);
        var agent = Keep("the agent", BuiltProgram.Client, "agent",
            ["agent", "run", "--server", options.Server.GetLeftPart(UriPartial.Authority), "--profile", "host", "--data", data.Agent]);
        await AnswersAsync(agent, "the agent", () => IsAgentOnlineAsync(ending), ending);
    }

    /// <summary>Runs the terminal client in this terminal until it ends.</summary>
    public async Task<int> RunClientAsync(string profile, CancellationToken ending)
    {
        using var client = Process.Start(new ProcessStartInfo("dotnet",
            [BuiltProgram.PathOf(BuiltProgram.Client), "--profile", profile, "--server", options.Server.GetLeftPart(UriPartial.Authority)]))
            ?? throw new LocalException("The terminal client could not be started.");
        try
        {
            await client.WaitForExitAsync(ending);
        }
        catch (OperationCanceledException)
        {
            // The same signal reached the client, which restores the terminal.
            await client.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5), CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return client.HasExited ? client.ExitCode : 130;
    }

    public async ValueTask DisposeAsync()
    {
        while (started.TryPop(out var process))
            await process.DisposeAsync();
        http.Dispose();
    }

    private KeptProcess Keep(string name, string program, string log, string[] arguments, params (string Name, string Value)[] environment)
    {
        var variables = environment.Append(("DOTNET_ENVIRONMENT", "Development")).ToDictionary(item => item.Item1, item => item.Item2);
        var kept = new KeptProcess(name, () => ChildProcess.Start(program, arguments, variables, data.Log(log)));
        started.Push(kept);
        return kept;
    }

    private async Task SignInAsync(KeptProcess signIn, SampleSignIn sample, CancellationToken ending)
    {
        await AnswersAsync(signIn, "the sign-in", () => IsOkAsync(new Uri(Authority, "/.well-known/openid-configuration"), ending), ending);
        await sample.RunAsync(ending);
    }

    /// <summary>Anybody who reads the mail folder, which is this user, may sign in as anybody.</summary>
    private string[] SignInArguments() =>
    [
        "--urls", Authority.GetLeftPart(UriPartial.Authority), "--data", data.SignIn, "--OrleansKd:SignIn:Domains:0", "*",
        "--OrleansKd:Mail:Transport", "Pickup", "--OrleansKd:Mail:PickupFolder", data.Mail, "--OrleansKd:Mail:From", MailFrom,
    ];

    private string[] SiloArguments(Uri url, string role) =>
    [
        "--urls", url.GetLeftPart(UriPartial.Authority), "--role", role, "--settings", data.Settings,
        "--silo-port", $"{Requirements.FreePort()}", "--gateway-port", $"{Requirements.FreePort()}",
        "--OrleansKd:Auth:Authority", Authority.GetLeftPart(UriPartial.Authority),
        "--OrleansKd:Mail:Transport", "Pickup", "--OrleansKd:Mail:PickupFolder", data.Mail,
        "--OrleansKd:Mail:From", MailFrom, "--OrleansKd:Mail:ServerAddress", options.Server.GetLeftPart(UriPartial.Authority),
    ];

    private static async Task AnswersAsync(KeptProcess process, string name, Func<Task<bool>> answers, CancellationToken ending)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ending);
        limit.CancelAfter(StartLimit);
        var first = process.Current;
        while (!await answers())
        {
            if (first.Exited.IsCompleted)
                throw new LocalException($"{name} ended with code {await first.Exited} while it started. It wrote:\n{first.LastLines()}");
            try
            {
                await Task.Delay(Poll, limit.Token);
            }
            catch (OperationCanceledException) when (!ending.IsCancellationRequested)
            {
                throw new LocalException($"{name} did not answer within {StartLimit.TotalSeconds:F0} seconds. It wrote:\n{first.LastLines()}");
            }
        }
    }

    private async Task<bool> IsOkAsync(Uri url, CancellationToken ending)
    {
        try
        {
            using var answer = await http.GetAsync(url, ending);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !ending.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> IsAgentOnlineAsync(CancellationToken ending)
    {
        var signIn = ProfileStore.ForUser().Load("host")!.For(options.Server)!;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Server, Routes.Computers));
        request.Headers.Authorization = new("Bearer", signIn.AccessToken);
        using var answer = await http.SendAsync(request, ending);
        var computers = answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<ComputerSummary[]>(WireJson.Options, ending) : [];
        return computers!.Any(computer => computer.IsOnline);
    }
}
