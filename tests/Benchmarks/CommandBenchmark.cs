using System.CommandLine;
using OrleansKd.Agent.Api;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Benchmarks.Viewers;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>command</c>: the host enters <c>echo</c> commands of gdb, one after the other, over the connection that a terminal uses. <c>p50_ms</c>,
/// <c>p95_ms</c>: from entering to the moment when the slowest viewer has the command's output; the command is durable before it runs.
/// <c>entered_*</c>: from entering to the answer that the command is durable. The first commands are left out, as in <c>echo</c>.
/// </summary>
internal static class CommandBenchmark
{
    public static Command Create() => BenchmarkCommand.Create("command", "From a command entered to its output at all viewers.", RunAsync,
        new("commands", 200), new("warm-up-commands", 200), new("viewers", 10), new("silos", 1));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        var warmUp = settings["warm-up-commands"];
        await using var stage = await BenchmarkStage.OpenAsync(settings["silos"]);
        var session = await stage.HostAsync("flood 1 80", settings["viewers"]);
        var viewers = await stage.StartViewersAsync(session, settings["viewers"], "--stamp", "answer ");
        await using var host = new SessionFollower(stage.Processes[0].Address, stage.HostTokens, TimeProvider.System);
        List<double> took = [];
        List<double> entered = [];
        for (var i = 1; i <= settings["commands"] + warmUp; i++)
        {
            var begin = Clock.Now;
            await host.EnterCommandAsync(session, $"echo answer {i}\\n", CancellationToken.None);
            entered.Add(Clock.Milliseconds(begin, Clock.Now));
            var stamps = await Task.WhenAll(viewers.Select(viewer => viewer.WaitForAsync("stamp", i)));
            took.Add(Clock.Milliseconds(begin, stamps.Max(lines => ViewerProcess.Time(lines[i - 1][1]))));
        }
        figures.AddPercentiles("", [.. took.Skip(warmUp)]);
        figures.AddPercentiles("entered", [.. entered.Skip(warmUp)]);
    }
}
