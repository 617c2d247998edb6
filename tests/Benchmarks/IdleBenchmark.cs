using System.CommandLine;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Benchmarks.Agents;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>idle</c>: many live sessions with a viewer each, each viewer on a connection of its own from another process, each session printing a
/// line a minute (an agent without debuggers plays them). <c>kb_per_session</c>: the server's resident memory with all of them, less the
/// memory after ten of them, for each session and its viewer. <c>cpu_percent_of_core</c>: the server's processor time while it goes on so.
/// <c>storage_cpu_percent_of_core</c>: Azurite's. <c>lines_delivered_fraction</c>: of the lines printed meanwhile, those that arrived.
/// </summary>
internal static class IdleBenchmark
{
    private const int FirstSessions = 10;

    public static Command Create() => BenchmarkCommand.Create("idle", "What many quiet sessions cost one server process.", RunAsync,
        new("sessions", 2_000), new("seconds", 60), new("settle-seconds", 20));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        await using var stage = await BenchmarkStage.OpenAsync(silos: 1, withAgent: false);
        var server = stage.Processes[0].Run.Id;
        await using var agent = await LoadAgent.ConnectAsync(stage.Server, stage.HostTokens);
        // One user may not follow so much in one process: ten share it.
        var tokens = await Task.WhenAll(Enumerable.Range(1, BenchmarkStage.MostViewers).Select(stage.ClientTokenAsync));
        var token = string.Join(',', tokens);
        List<LoadRun> runs = [];
        await AddAsync(FirstSessions);
        await using var first = await WatchAsync(stage, token, runs, 0);
        await Task.Delay(TimeSpan.FromSeconds(settings["settle-seconds"] / 2));
        var memory = ServerMemory.ResidentBytes(server);

        await AddAsync(settings["sessions"] - FirstSessions);
        await using var rest = await WatchAsync(stage, token, runs[FirstSessions..], FirstSessions);
        using var ending = new CancellationTokenSource();
        var printing = PrintAsync(runs, ending.Token);
        await Task.Delay(TimeSpan.FromSeconds(settings["settle-seconds"]));
        var (cpu, storage, begin) = (ServerMemory.ProcessorTime(server), ServerMemory.ProcessorTime(stage.Servers.StorageProcessId), Clock.Now);
        await Task.Delay(TimeSpan.FromSeconds(settings["seconds"]));
        var seconds = Clock.Seconds(begin, Clock.Now);
        figures.Add("kb_per_session", (ServerMemory.ResidentBytes(server) - memory) / 1024.0 / (runs.Count - FirstSessions));
        figures.Add("cpu_percent_of_core", (ServerMemory.ProcessorTime(server) - cpu).TotalSeconds / seconds * 100);
        figures.Add("storage_cpu_percent_of_core", (ServerMemory.ProcessorTime(stage.Servers.StorageProcessId) - storage).TotalSeconds / seconds * 100);
        await ending.CancelAsync();
        var printed = await printing;
        var arrived = await ArrivedAsync(first, rest, printed);
        figures.Add("lines_delivered_fraction", arrived / (double)printed);

        async Task AddAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var run = await agent.HostAsync(stage.Api, $"idle {runs.Count}");
                await run.PromptAsync();
                await stage.Api.InviteAsync(run.Session, [BenchmarkStage.EmailOf(runs.Count % BenchmarkStage.MostViewers + 1)], CancellationToken.None);
                runs.Add(run);
            }
        }
    }

    /// <summary>A process with a connection for each session.</summary>
    private static async Task<ProgramRun> WatchAsync(BenchmarkStage stage, string token, List<LoadRun> runs, int firstIndex)
    {
        var list = Path.Combine(stage.Servers.Folder, $"sessions-{Guid.NewGuid():N}");
        await File.WriteAllLinesAsync(list, runs.Select((run, i) => $"{run.Session} {(firstIndex + i) % BenchmarkStage.MostViewers}"));
        var watching = new ProgramRun(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "OrleansKd.Benchmarks.dll"), "idle-viewers", "--server", stage.Server.GetLeftPart(UriPartial.Authority), "--sessions", list],
            new Dictionary<string, string?> { [Viewers.ViewerCommand.TokenVariable] = token });
        try
        {
            await watching.WaitForAsync(text => text.Contains("ready\n", StringComparison.Ordinal), "all connections");
            return watching;
        }
        catch
        {
            // Nobody else would end it.
            await watching.DisposeAsync();
            throw;
        }
    }

    private static async Task<int> PrintAsync(List<LoadRun> runs, CancellationToken ending)
    {
        var line = "a line a minute\n"u8.ToArray();
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1) / runs.Count);
        var printed = 0;
        try
        {
            for (; await timer.WaitForNextTickAsync(ending); printed++)
                await runs[printed % runs.Count].PrintAsync(line);
        }
        catch (OperationCanceledException)
        {
            // Measured.
        }
        return printed;
    }

    private static async Task<int> ArrivedAsync(ProgramRun first, ProgramRun rest, int printed)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var tries = 0; ; tries++)
        {
            var arrived = Count(first) + Count(rest);
            if (arrived >= printed || tries == 100)
                return arrived;
            await timer.WaitForNextTickAsync();
        }
    }

    private static int Count(ProgramRun viewers) => viewers.Out.Split('\n').Count(line => line == "line");

    /// <summary><c>idle-viewers</c>: follows every session of a list over a connection of its own; a line <c>line</c> for each line of output.</summary>
    public static Command CreateViewers()
    {
        var server = new Option<string>("--server") { Required = true };
        var sessions = new Option<string>("--sessions") { Required = true };
        var command = new Command("idle-viewers", "Many followers of the idle benchmark.") { server, sessions };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var tokens = Environment.GetEnvironmentVariable(Viewers.ViewerCommand.TokenVariable)!.Split(',');
            var ids = await File.ReadAllLinesAsync(parsed.GetRequiredValue(sessions), cancellationToken);
            using var ready = new CountdownEvent(ids.Length);
            List<Task> following = [];
            foreach (var batch in ids.Chunk(50))
            {
                // Not all at once: this is no test of the listen queue.
                var before = ready.CurrentCount;
                following.AddRange(batch.Select(line => line.Split(' ')).Select(words =>
                    FollowAsync(new Uri(parsed.GetRequiredValue(server)), new FixedToken(tokens[int.Parse(words[1])]), words[0], ready, cancellationToken)));
                while (ready.CurrentCount > before - batch.Length)
                    await Task.Delay(20, cancellationToken);
            }
            Console.WriteLine("ready");
            await Task.WhenAll(following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        });
        return command;
    }

    private static async Task FollowAsync(Uri server, IAccessTokens token, string session, CountdownEvent ready, CancellationToken cancellationToken)
    {
        await using var follower = new SessionFollower(server, token, TimeProvider.System);
        var isReady = false;
        await foreach (var update in follower.Follow(session, 0, durableOnly: false, cancellationToken))
        {
            if (update is not TranscriptUpdate.Page { Value: var page })
                continue;
            if (!isReady)
                ready.Signal();
            isReady = true;
            foreach (var _ in page.Entries.Where(entry => entry.Kind is Contracts.TranscriptEntryKind.Output))
                Console.WriteLine("line");
        }
    }
}
