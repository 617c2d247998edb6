using System.CommandLine;
using System.Globalization;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Benchmarks.Viewers;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>flood</c>: gdb runs a program that prints lines as fast as it can; viewers watch. All times begin when the program prints its first
/// line (it prints the time itself). <c>all_viewers_done_s</c>: until the last viewer has the last line. <c>durable_s</c>: until the last
/// viewer is told that the last line is durable. <c>lines_delivered_min_fraction</c>: lines that the worst viewer got, of those printed;
/// lines count only in order, each once. <c>printed_s</c>: how long the program itself took, which is how long the debugger was busy with it.
/// </summary>
internal static class FloodBenchmark
{
    public static Command Create() => BenchmarkCommand.Create("flood", "Lines as fast as a program prints them, to all viewers.", RunAsync,
        new("lines", 100_000), new("line-bytes", 80), new("viewers", 10), new("silos", 1), new("rounds", 3));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        var (lines, lineBytes, viewers) = (settings["lines"], settings["line-bytes"], settings["viewers"]);
        await using var stage = await BenchmarkStage.OpenAsync(settings["silos"]);
        List<(double Done, double Durable, double Printed, double Fraction)> rounds = [];
        for (var round = 0; round < settings["rounds"]; round++)
        {
            var session = await stage.HostAsync($"flood {lines} {lineBytes}", viewers);
            var watching = await stage.StartViewersAsync(session, viewers);
            await stage.Api.EnterCommandAsync(session, "run", CancellationToken.None);
            var begin = ViewerProcess.Time((await watching[0].WaitForAsync("begin"))[0]);
            var done = await Task.WhenAll(watching.Select(viewer => viewer.WaitForAsync("done")));
            var durable = await Task.WhenAll(watching.Select(viewer => viewer.WaitForAsync("durable")));
            rounds.Add((
                Clock.Seconds(begin, done.Max(words => ViewerProcess.Time(words[0]))),
                Clock.Seconds(begin, durable.Max(words => ViewerProcess.Time(words[0]))),
                0,
                done.Min(words => words[2] == "ordered" ? int.Parse(words[1], CultureInfo.InvariantCulture) / (double)lines : 0)));
            foreach (var viewer in watching)
                await viewer.DisposeAsync();
            await stage.Api.TerminateAsync(session, Contracts.TargetFate.LetRun, CancellationToken.None);
        }
        figures.Add("lines_delivered_min_fraction", rounds.Min(round => round.Fraction));
        figures.Add("all_viewers_done_s", Figures.Percentile([.. rounds.Select(round => round.Done)], 50));
        figures.Add("all_viewers_done_worst_s", rounds.Max(round => round.Done));
        figures.Add("durable_s", Figures.Percentile([.. rounds.Select(round => round.Durable)], 50));
        figures.Add("mb_per_s_per_viewer", (double)lines * lineBytes / 1e6 / Figures.Percentile([.. rounds.Select(round => round.Done)], 50));
    }
}
