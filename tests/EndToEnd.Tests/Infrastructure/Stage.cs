using System.Security.Cryptography;
using System.Text.Json;
using OrleansKd.Local;
using OrleansKd.Local.Processes;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests.Infrastructure;

/// <summary>
/// One story's machine: the launcher with its own data, home and port; the command line and terminals as different people.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("orleanskd-story-").FullName;
    private readonly List<IAsyncDisposable> opened = [];
    private ProgramRun? launcher;

    private Stage()
    {
        Port = Requirements.FreePort();
        Environment = new Dictionary<string, string?> { ["ORLEANSKD_HOME"] = Path.Combine(root, "home"), ["NO_COLOR"] = "1", ["TERM"] = "xterm-256color" };
    }

    public int Port { get; }

    public string Server => $"http://127.0.0.1:{Port}";

    public string Folder => root;

    public IReadOnlyDictionary<string, string?> Environment { get; }

    public static async Task<Stage> OpenAsync()
    {
        var stage = new Stage();
        await stage.StartAsync();
        return stage;
    }

    /// <summary>Starts everything with the launcher and waits for its one line.</summary>
    public async Task StartAsync()
    {
        launcher = StartLauncher();
        await launcher.WaitForAsync(text => text.Contains($"ready {Server}", StringComparison.Ordinal), "the line 'ready URL'");
    }

    /// <summary>The launcher with this stage's folder and port.</summary>
    public ProgramRun StartLauncher() => new(
        "dotnet", [BuiltProgram.PathOf("OrleansKd.Local"), "--headless", "--data", Path.Combine(root, "data"), "--port", $"{Port}"], Environment);

    /// <summary>Stops everything as SIGTERM does.</summary>
    public async Task<ProgramResult> StopAsync()
    {
        launcher!.Signal(15);
        return await launcher.EndAsync();
    }

    /// <summary>One command of <c>orleanskd</c> as somebody, until it ends.</summary>
    public async Task<ProgramResult> RunAsync(string profile, params string[] arguments)
    {
        await using var run = Start(profile, arguments);
        return await run.EndAsync();
    }

    /// <summary>The same command again until its result is as wanted.</summary>
    public async Task<ProgramResult> UntilAsync(Func<ProgramResult, bool> isWanted, string profile, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var result = await RunAsync(profile, arguments);
            if (isWanted(result))
                return result;
            Assert.False(limit.IsCancellationRequested, $"'{string.Join(' ', arguments)}' never gave what was waited for; at last: {result.Out}{result.Error}");
        }
    }

    /// <summary>One command of <c>orleanskd</c> that goes on.</summary>
    public ProgramRun Start(string profile, params string[] arguments)
    {
        var run = new ProgramRun("dotnet", [BuiltProgram.PathOf(BuiltProgram.Client), "--profile", profile, .. arguments], Environment, root);
        opened.Add(run);
        return run;
    }

    /// <summary>Hosts gdb on <paramref name="program"/> and answers the session's id.</summary>
    public async Task<string> HostAsync(string program, string name = "crash")
    {
        var result = (await RunAsync("host", "sessions", "host", "--debugger", "/usr/bin/gdb", "--arguments", $"-nx -q {program}", "--name", name, "--json")).Succeeded();
        return JsonDocument.Parse(result.Out).RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>A terminal in tmux in which somebody's client runs.</summary>
    public async Task<Terminal> TerminalAsync(string profile, params string[] arguments)
    {
        var terminal = await Terminal.OpenAsync($"story-{RandomNumberGenerator.GetHexString(8)}", Environment,
            ["dotnet", BuiltProgram.PathOf(BuiltProgram.Client), "--profile", profile, .. arguments], folder: root);
        opened.Add(terminal);
        return terminal;
    }

    /// <summary>The same on what is another computer to the server: a home with the same sign-in and a computer id of its own.</summary>
    public ProgramRun StartElsewhere(string profile, params string[] arguments)
    {
        var home = Path.Combine(root, "home-elsewhere");
        var profiles = OperatingSystem.IsWindows() ? Directory.CreateDirectory(Path.Combine(home, "profiles")) : Directory.CreateDirectory(Path.Combine(home, "profiles"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "home", "profiles"), "*.json"))
            File.Copy(file, Path.Combine(profiles.FullName, Path.GetFileName(file)), overwrite: true);
        var environment = new Dictionary<string, string?>(Environment) { ["ORLEANSKD_HOME"] = home };
        var run = new ProgramRun("dotnet", [BuiltProgram.PathOf(BuiltProgram.Client), "--profile", profile, .. arguments], environment, root);
        opened.Add(run);
        return run;
    }

    public async Task<string> ExportAsync(string profile, string id)
    {
        var file = Path.Combine(root, $"{profile}-{RandomNumberGenerator.GetHexString(8)}.txt");
        (await RunAsync(profile, "sessions", "export", id, "--format", "text", "-o", file)).Succeeded();
        return await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var item in opened)
            await item.DisposeAsync();
        if (launcher is not null)
            await launcher.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }
}
