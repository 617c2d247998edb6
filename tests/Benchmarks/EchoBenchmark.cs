using System.CommandLine;
using System.Globalization;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Benchmarks.Viewers;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>echo</c>: gdb runs a program that prints a line with the time every few milliseconds; each viewer notes when it has the line.
/// <c>all_viewers_*</c>: from the program's time to the slowest viewer, for each line; <c>viewer_*</c>: to each viewer. The first second is left out.
/// </summary>
internal static class EchoBenchmark
{
    public static Command Create() => BenchmarkCommand.Create("echo", "From a printed line to the slowest viewer.", RunAsync,
        new("lines", 500), new("interval-ms", 20), new("viewers", 10), new("silos", 1));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        await using var stage = await BenchmarkStage.OpenAsync(settings["silos"]);
        var warmUp = Math.Max(1, 1000 / settings["interval-ms"]);
        var session = await stage.HostAsync($"echo {settings["lines"] + warmUp} {settings["interval-ms"]}", settings["viewers"]);
        var viewers = await stage.StartViewersAsync(session, settings["viewers"], "--stamp", "echo ");
        await stage.Api.EnterCommandAsync(session, "run", CancellationToken.None);
        await Task.WhenAll(viewers.Select(viewer => viewer.WaitForAsync("done")));
        var latencies = viewers.SelectMany(viewer => viewer.Told("stamp"))
            .Select(words => (Line: int.Parse(words[0], CultureInfo.InvariantCulture), Took: Clock.Milliseconds(ViewerProcess.Time(words[1]), ViewerProcess.Time(words[2]))))
            .Where(stamp => stamp.Line >= warmUp)
            .ToArray();
        figures.AddPercentiles("all_viewers", [.. latencies.GroupBy(stamp => stamp.Line).Select(line => line.Max(stamp => stamp.Took))]);
        figures.AddPercentiles("viewer", [.. latencies.Select(stamp => stamp.Took)]);
        figures.Add("lines_delivered_min_fraction", viewers.Min(viewer => viewer.Told("stamp").Length) / (double)(settings["lines"] + warmUp));
    }
}
