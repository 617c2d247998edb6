using System.CommandLine;
using System.IO.MemoryMappedFiles;
using OrleansKd.Agent.Api;
using OrleansKd.Benchmarks.Running;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>break</c>: the target prints a flood; then the storage is stopped (SIGSTOP) until the server takes no more output; then the host
/// sends Break. The target keeps the time of its last moment alive in a file. <c>p50_ms</c>, <c>p95_ms</c>: from the request to that last
/// moment, so until the target really stands still. After each round storage and target go on.
/// </summary>
internal static class BreakBenchmark
{
    private const int Stop = 19;
    private const int Continue = 18;

    /// <summary>The target prints 2 MB a second, and a session accepts 4 MB that are not durable.</summary>
    private static readonly TimeSpan UntilUploadStops = TimeSpan.FromSeconds(3);

    /// <summary>Without a sign of life for so long, the target stands still; it gives one every 0.1 ms.</summary>
    private static readonly TimeSpan StandsStill = TimeSpan.FromMilliseconds(500);

    public static Command Create() => BenchmarkCommand.Create("break", "From a Break to the target's standstill, in a flood, with the storage stopped.", RunAsync,
        new("rounds", 10), new("viewers", 1), new("silos", 1));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        await using var stage = await BenchmarkStage.OpenAsync(settings["silos"]);
        var file = Path.Combine(stage.Servers.Folder, "alive");
        var session = await stage.HostAsync($"beat {file}", settings["viewers"]);
        await stage.StartViewersAsync(session, settings["viewers"]);
        await using var host = new SessionFollower(stage.Processes[0].Address, stage.HostTokens, TimeProvider.System);
        await host.EnterCommandAsync(session, "run", CancellationToken.None);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!File.Exists(file) || new FileInfo(file).Length < 8)
            await timer.WaitForNextTickAsync();
        using var shared = MemoryMappedFile.CreateFromFile(file, FileMode.Open, null, 8);
        using var alive = shared.CreateViewAccessor(0, 8);
        List<double> took = [];
        for (var round = 0; round < settings["rounds"]; round++)
        {
            while (Clock.Milliseconds(alive.ReadInt64(0), Clock.Now) > 50)
                await timer.WaitForNextTickAsync();
            stage.Servers.SignalStorage(Stop);
            try
            {
                await Task.Delay(UntilUploadStops);
                var begin = Clock.Now;
                var asked = host.BreakAsync(session, Guid.NewGuid().ToString("N"), CancellationToken.None);
                while (Clock.Milliseconds(alive.ReadInt64(0), Clock.Now) < StandsStill.TotalMilliseconds && Clock.Seconds(begin, Clock.Now) < 10)
                    await timer.WaitForNextTickAsync();
                took.Add(Clock.Milliseconds(begin, alive.ReadInt64(0)));
                await asked;
            }
            finally
            {
                stage.Servers.SignalStorage(Continue);
            }
            await host.EnterCommandAsync(session, "continue", CancellationToken.None);
        }
        figures.AddPercentiles("", took);
    }
}
