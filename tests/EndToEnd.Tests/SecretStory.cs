using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrleansKd.Contracts;
using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Local.Processes;
using OrleansKd.Testing.Kd;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>
/// Passwords and keys of arguments and commands (rule B8), through a whole story with every log at its most talkative: nothing that the run
/// leaves anywhere has them, but the one private file of the agent that opening a session again needs. The same search finds in each kind of
/// place what is no secret.
/// </summary>
public sealed class SecretStory : IAsyncLifetime
{
    private const string Host = "host@contoso.example", Client = "client@fabrikam.example", Table = "OrleansKdSessionLog";

    private static readonly string Name = "Marker" + RandomNumberGenerator.GetHexString(24);

    private readonly Dictionary<string, TextSearch> secrets = [];
    private readonly List<(string Name, ProgramRun Run)> programs = [];
    private readonly List<ServerProcess> silos = [];
    private readonly List<ProgramRun> agents = [];
    private readonly HttpClient http = new();
    private readonly ServerPlace place = ServerPlace.Anywhere();
    private ServerProcesses servers = null!;
    private TappingProxy tap = null!;
    private string host = "", client = "", kd = "", failing = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string AgentFolder => Path.Combine(servers.Folder, "agent");

    public async ValueTask InitializeAsync()
    {
        servers = await ServerProcesses.OpenAsync(environment =>
        {
            environment["OrleansKd__Mail__Transport"] = "Pickup";
            environment["OrleansKd__Mail__PickupFolder"] = Path.Combine(Directory.GetParent(environment["ORLEANSKD_HOME"]!)!.FullName, "mail");
            environment["OrleansKd__Mail__From"] = "OrleansKd <orleanskd@contoso.example>";
            environment["OrleansKd__Mail__ServerAddress"] = "https://debug.contoso.example";
            foreach (var category in (string[])["Default", "Orleans", "OrleansKd", "Azure", "Microsoft.AspNetCore.SignalR", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Server"])
                environment[$"Logging__LogLevel__{category}"] = "Trace";
        });
        (kd, failing) = (LoudKd.Create(servers.Folder), LoudKd.Create(servers.Folder, fails: true));
        silos.Add(await servers.StartServerAsync("all", place));
        tap = new TappingProxy(place.HttpPort);
        await servers.SignInAsync(silos[0].Address);
        await servers.SignInAsync(tap.Address);
        host = await servers.TokenAsync(new { Email = Host, Name = "Hanna Host" });
        client = await servers.TokenAsync(new { Email = Client, Name = "Clive Client" });
        await StartAgentAsync("here");
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        foreach (var agent in agents)
            await agent.DisposeAsync();
        await tap.DisposeAsync();
        await servers.DisposeAsync();
    }

    [Fact]
    public async Task Secrets_ThroughAWholeStory_StayWithTheAgent()
    {
        await FailToStartAsync();

        // Quoted, with blanks, in upper case, behind a dash from documentation; a real gdb has one, too.
        var id = await HostAsync(kd, $"–remote 'tcp:server=lab,port=5005,PassWord = {Secret("arguments")} with blanks'", Name);
        var gdb = await HostAsync("/usr/bin/gdb", $"-nx -q -ex 'echo key={Secret("gdb's arguments")}\\n'", "gdb");
        await DoAsync(HttpMethod.Post, Routes.Invitations, id, new InviteRequest([Client, Host]));
        using var follow = await FollowAsync(id);
        await using var watching = Cli("client", "sessions", "watch", id);
        await watching.WaitForAsync(text => text.Contains("joined", StringComparison.Ordinal), "the client's coming");

        await CommandsAsync(id);
        await ReadAsync(id);
        KeepsOneFile(id, "arguments");

        // A close, and the same arguments again, masked; elsewhere they have to be given anew.
        await DoAsync(HttpMethod.Post, Routes.Close, id);
        await DoAsync(HttpMethod.Post, Routes.Reopen, id, token: client);
        await DoAsync(HttpMethod.Post, Routes.Close, id);
        await StartAgentAsync("elsewhere");
        Assert.Contains("Give the arguments again", await RefusedAsync(HttpMethod.Post, Routes.Reopen, id, new ReopenSessionRequest("elsewhere")), StringComparison.Ordinal);
        await DoAsync(HttpMethod.Post, Routes.Reopen, id, new ReopenSessionRequest("elsewhere", kd, $"-remote \"npipe:server=lab,pipe=p,password={Secret("arguments elsewhere")}\""));

        // A silo and an agent die; what they held is on their disks, or nowhere.
        await EnterAsync(id, $".server tcp:port=5007,password={Secret("last command")}");
        agents[^1].Signal(9);
        await agents[^1].EndAsync();
        silos[^1].Run.Signal(9);
        await silos[^1].Run.EndAsync();
        var spool = EverythingKept.Files(AgentFolder);
        silos.Add(await servers.StartServerAsync("all", place));
        await StartAgentAsync("elsewhere");
        await UntilAsync(id, entry => entry.Kind is TranscriptEntryKind.SessionClosed, 3);
        await ReadAsync(id);

        await DoAsync(HttpMethod.Post, Routes.Terminate, id, new TerminateSessionRequest(null));
        await DoAsync(HttpMethod.Post, Routes.Terminate, gdb, new TerminateSessionRequest(TargetFate.LetRun));
        await watching.EndAsync();
        await UntilForgottenAsync(id);

        var everything = await EverythingAsync(id, gdb);
        FindsWhatIsNoSecret(everything, id);
        Assert.Empty(Found(everything.Concat(spool).Where(piece => !IsKeptFile(piece, id))));
    }

    /// <summary>Each way not to start, with what it shows of the arguments.</summary>
    private async Task FailToStartAsync()
    {
        Assert.Contains("password=…", await NotHostedAsync(failing, $"-remote tcp:server=lab,port=5005,password={Secret("arguments of a start that fails")}"), StringComparison.Ordinal);
        await NotHostedAsync(kd, $"-remote tcp:server=lab,port=5005;password={Secret("a wrong port")}");
        await NotHostedAsync(kd, $"-remote password={Secret("no transport")}");
        await NotHostedAsync(kd, $"-k com:port=1,key={Secret("a quote that is not closed")} '");
        await NotHostedAsync("/no/such/kd", $"-remote tcp:server=lab,port=5005,password={Secret("no debugger")}");
        await NotHostedAsync(kd, $"-remote tcp:server=lab,port=5005,password={Secret("no computer")}", computer: "nowhere");
        Assert.True((await Cli("host", "sessions", "host", "--debugger", failing, "--arguments", $"-remote tcp:server=lab,port=5005,password={Secret("command line")}", "--name", "x", "--computer", "here").EndAsync()).ExitCode != 0);
    }

    private async Task CommandsAsync(string id)
    {
        await EnterAsync(id, $".server tcp:port=5006,password={Secret("command")}");
        await EnterAsync(id, $".SERVER npipe : pipe=a , PASSWORD = \"{Secret("quoted command")} x\"; k");
        Assert.Contains("password", await RefusedAsync(HttpMethod.Post, Routes.Suggestions, id, new EnterCommandRequest($".server tcp:port=1,password={Secret("suggestion")}"), client), StringComparison.OrdinalIgnoreCase);
        (await Cli("host", "sessions", "run", id, $".server tcp:port=5008,password={Secret("command of the command line")}").EndAsync()).Succeeded();
    }

    /// <summary>Everything that shows a session, to both of its people.</summary>
    private async Task ReadAsync(string id)
    {
        foreach (var token in (string[])[host, client])
        {
            foreach (var route in (string[])[Routes.Sessions, Routes.Session, Routes.People, Routes.Feed, $"{Routes.Transcript}?after=0", $"{Routes.Transcript}?before=999999"])
                await DoAsync(HttpMethod.Get, route, id, token: token);
        }
        foreach (var format in (string[])["text", "jsonl", "raw"])
            (await Cli("client", "sessions", "export", id, "--format", format, "-o", Path.Combine(servers.Folder, $"{format}.export")).EndAsync()).Succeeded();
        (await Cli("host", "sessions", "list", "--json").EndAsync()).Succeeded();
    }

    private void KeepsOneFile(string id, string secret)
    {
        var kept = Assert.Single(EverythingKept.Files(AgentFolder), piece => secrets[secret].FindIn(piece.Bytes) is not null);
        Assert.True(IsKeptFile(kept, id), kept.Name);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(AgentFolder, kept.Name)));
    }

    /// <summary>The one that opening it again needs; nowhere else is an agent allowed to keep a secret.</summary>
    private static bool IsKeptFile(KeptPiece piece, string id) => piece.Name.EndsWith(Path.Combine("sessions", id + ".json"), StringComparison.Ordinal);

    private async Task<List<KeptPiece>> EverythingAsync(params string[] sessions)
    {
        List<KeptPiece> pieces =
        [
            .. await EverythingKept.RowsAsync(servers.Storage.ConnectionString, Cancellation),
            .. await EverythingKept.EntriesAsync(servers.Storage.ConnectionString, Table, sessions, Cancellation),
            .. EverythingKept.Files(servers.Folder),
            .. tap.Answers.Select((bytes, index) => new KeptPiece(EverythingKept.Answer, $"connection {index}", bytes)),
        ];
        foreach (var (name, run) in silos.Select(silo => ("silo", silo.Run)).Concat(agents.Select(agent => ("agent", agent))).Concat(programs))
        {
            pieces.Add(EverythingKept.Text(EverythingKept.Output, $"{name} {run.Id}, standard output", run.Out));
            pieces.Add(EverythingKept.Text(EverythingKept.Output, $"{name} {run.Id}, standard error", run.Error));
        }
        return pieces;
    }

    /// <summary>The search can fail, and every place is really looked into.</summary>
    private static void FindsWhatIsNoSecret(List<KeptPiece> pieces, string id)
    {
        var name = new TextSearch(Name);
        var session = new TextSearch(id);
        foreach (var kind in (string[])[EverythingKept.Row, EverythingKept.Entry, EverythingKept.Mail, EverythingKept.Output, EverythingKept.File, EverythingKept.Answer])
            Assert.Contains(pieces, piece => piece.Kind == kind && name.FindIn(piece.Bytes) is not null);
        foreach (var program in (string[])["silo ", "agent ", "orleanskd "])
            Assert.Contains(pieces, piece => piece.Kind == EverythingKept.Output && piece.Name.StartsWith(program, StringComparison.Ordinal) && session.FindIn(piece.Bytes) is not null);
        Assert.Contains(pieces, piece => piece.Name.EndsWith(".log", StringComparison.Ordinal) && session.FindIn(piece.Bytes) is not null);
        Assert.Contains(pieces, piece => piece.Name.StartsWith("silo ", StringComparison.Ordinal) && Encoding.UTF8.GetString(piece.Bytes).Contains("trce: ", StringComparison.Ordinal));
    }

    private List<string> Found(IEnumerable<KeptPiece> pieces) =>
    [
        .. from piece in pieces
           from secret in secrets
           let form = secret.Value.FindIn(piece.Bytes)
           where form is not null
           select $"{piece.Kind} {piece.Name}: the secret of {secret.Key}, as {form}: {Around(piece.Bytes, secret.Value.Text)}",
    ];

    private static string Around(byte[] bytes, string secret)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var at = text.IndexOf(secret[..(secret.Length / 2)], StringComparison.OrdinalIgnoreCase);
        return at < 0 ? "" : text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 60)];
    }

    private string Secret(string of)
    {
        var search = new TextSearch("z" + RandomNumberGenerator.GetHexString(31));
        secrets.Add(of, search);
        return search.Text;
    }

    private async Task StartAgentAsync(string computer)
    {
        // A computer of its own: another agent for the same sign-in on one computer is refused.
        var home = Path.Combine(servers.Folder, $"home-{computer}");
        var profiles = Path.Combine(home, "profiles");
        if (!OperatingSystem.IsWindows())
            Directory.CreateDirectory(profiles, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(servers.Environment["ORLEANSKD_HOME"]!, "profiles"), "*.json"))
            File.Copy(file, Path.Combine(profiles, Path.GetFileName(file)), overwrite: true);
        var agent = new ProgramRun("dotnet",
        [
            BuiltProgram.PathOf(BuiltProgram.Client), "agent", "run", "--server", silos[^1].Address.GetLeftPart(UriPartial.Authority), "--profile", "host",
            "--data", Path.Combine(AgentFolder, computer), "--computer", computer, "--allow", kd, "--allow", failing,
        ], new Dictionary<string, string?>(servers.Environment) { ["ORLEANSKD_HOME"] = home });
        agents.Add(agent);
        await agent.WaitForAsync(text => text.Contains("connected to", StringComparison.Ordinal), "the agent's line 'connected to'");
        while (!(await ReadAsync<ComputerSummary[]>(Routes.Computers)).Any(known => known.Name == computer && known.IsOnline))
        {
        }
    }

    /// <summary>An agent forgets what it kept when it connects and the session is terminated.</summary>
    private async Task UntilForgottenAsync(string id)
    {
        agents[0].Signal(15);
        await agents[0].EndAsync();
        await StartAgentAsync("here");
        var kept = Path.Combine(AgentFolder, "here", "sessions", id + ".json");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (File.Exists(kept))
            await timer.WaitForNextTickAsync(Cancellation);
    }

    /// <summary>One command of the command line, on the way that is tapped.</summary>
    private ProgramRun Cli(string profile, params string[] arguments)
    {
        var run = servers.Start(tap.Address, profile, arguments);
        programs.Add(("orleanskd", run));
        return run;
    }

    private async Task<string> HostAsync(string debugger, string arguments, string name)
    {
        using var answer = await SendAsync(HttpMethod.Post, Routes.Sessions, "", new HostSessionRequest("here", debugger, arguments, name, $"About {Name}"));
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("id").GetString()!;
    }

    private Task<string> NotHostedAsync(string debugger, string arguments, string computer = "here") =>
        RefusedAsync(HttpMethod.Post, Routes.Sessions, "", new HostSessionRequest(computer, debugger, arguments, Name, ""));

    /// <summary>Enters a command and waits until the debugger has run it.</summary>
    private async Task EnterAsync(string id, string text)
    {
        using var answer = await SendAsync(HttpMethod.Post, Routes.Commands, id, new EnterCommandRequest(text));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        var command = (await answer.Content.ReadFromJsonAsync<EnterCommandResponse>(WireJson.Options, Cancellation))!.CommandId;
        await UntilAsync(id, entry => entry.Kind is TranscriptEntryKind.CommandCompleted && entry.CommandId == command);
    }

    private async Task UntilAsync(string id, Func<TranscriptEntry, bool> isIt, int count = 1)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        for (var after = 0L; count > 0;)
        {
            var page = await ReadAsync<TranscriptPage>($"{Routes.For(Routes.Transcript, id)}?after={after}&wait=5");
            after += page.Entries.Length;
            count -= page.Entries.Count(isIt);
            Assert.False(limit.IsCancellationRequested, $"The entry never came; the transcript has {after}.");
        }
    }

    /// <summary>Follows as NDJSON; the tap keeps what comes.</summary>
    private async Task<HttpResponseMessage> FollowAsync(string id)
    {
        using var request = Request(HttpMethod.Get, $"{Routes.TranscriptFollow}?after=0", id, null, host);
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
        return answer;
    }

    private async Task<T> ReadAsync<T>(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, "");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        return (await answer.Content.ReadFromJsonAsync<T>(WireJson.Options, Cancellation))!;
    }

    private async Task DoAsync(HttpMethod method, string route, string id, object? body = null, string? token = null)
    {
        using var answer = await SendAsync(method, route, id, body, token);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {route}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancellation)}");
    }

    private async Task<string> RefusedAsync(HttpMethod method, string route, string id, object? body, string? token = null)
    {
        using var answer = await SendAsync(method, route, id, body, token);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.False(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString()!;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string route, string id, object? body = null, string? token = null)
    {
        using var request = Request(method, route, id, body, token ?? host);
        return await http.SendAsync(request, Cancellation);
    }

    private HttpRequestMessage Request(HttpMethod method, string route, string id, object? body, string token) => new(method, new Uri(tap.Address, Routes.For(route, id)))
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: WireJson.Options),
    };
}
