using System.CommandLine;
using System.Globalization;
using OrleansKd.Benchmarks.Peers;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Benchmarks.Viewers;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>flood</c>: gdb runs a program that prints lines as fast as it can; viewers watch. All times begin when the program prints its first
/// line (it prints the time itself). <c>all_viewers_done_s</c>: until the last viewer has the last line. <c>durable_s</c>: until the last
/// viewer is told that the last line is durable. <c>lines_delivered_min_fraction</c>: lines that the worst viewer got, of those printed;
/// lines count only in order, each once. The same program runs again and again in one session with the same viewers; the first time, when all
/// programs are cold, is <c>first_done_s</c>; the first rounds, in which a dozen programs compile themselves on the same processors, are no part
/// of the other figures, which are medians, or the worst.
/// With a peer the same program runs in tmux before as many attached terminals: <c>peer_lines_delivered_min_fraction</c> counts the lines
/// whose numbers the worst terminal was sent at all, in any order; <c>peer_all_viewers_done_s</c>: until the last terminal shows the end.
/// </summary>
internal static class FloodBenchmark
{
    public static Command Create() => BenchmarkCommand.CreateWithPeers("flood", "Lines as fast as a program prints them, to all viewers.", RunAsync, TmuxPeer.Kinds,
        new("lines", 100_000), new("line-bytes", 80), new("viewers", 10), new("silos", 1), new("warm-up-rounds", 8), new("rounds", 5));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        var (lines, lineBytes, viewers) = (settings["lines"], settings["line-bytes"], settings["viewers"]);
        await using var stage = await BenchmarkStage.OpenAsync(settings["silos"]);
        var session = await stage.HostAsync($"flood {lines} {lineBytes}", viewers);
        var watching = await stage.StartViewersAsync(session, viewers);
        List<(double Done, double Durable, double Fraction)> rounds = [];
        for (var round = 1; round <= settings["rounds"] + settings["warm-up-rounds"]; round++)
        {
            await stage.Api.EnterCommandAsync(session, "run", CancellationToken.None);
            var begin = ViewerProcess.Time((await watching[0].WaitForAsync("begin", round))[round - 1][0]);
            var done = await Task.WhenAll(watching.Select(async viewer => (await viewer.WaitForAsync("done", round))[round - 1]));
            var durable = await Task.WhenAll(watching.Select(async viewer => (await viewer.WaitForAsync("durable", round))[round - 1]));
            rounds.Add((
                Clock.Seconds(begin, done.Max(words => ViewerProcess.Time(words[0]))),
                Clock.Seconds(begin, durable.Max(words => ViewerProcess.Time(words[0]))),
                done.Min(words => words[2] == "ordered" ? int.Parse(words[1], CultureInfo.InvariantCulture) / (double)lines : 0)));
        }
        // The first one finds everybody cold.
        figures.Add("first_done_s", rounds[0].Done);
        rounds.RemoveRange(0, settings["warm-up-rounds"]);
        figures.Add("lines_delivered_min_fraction", rounds.Min(round => round.Fraction));
        figures.Add("all_viewers_done_s", Figures.Percentile([.. rounds.Select(round => round.Done)], 50));
        figures.Add("all_viewers_done_worst_s", rounds.Max(round => round.Done));
        figures.Add("durable_s", Figures.Percentile([.. rounds.Select(round => round.Durable)], 50));
        figures.Add("mb_per_s_per_viewer", (double)lines * lineBytes / 1e6 / Figures.Percentile([.. rounds.Select(round => round.Done)], 50));
        if (settings.Peer is { } peer)
            await RunPeerAsync(stage, peer, settings, figures);
    }

    private static async Task RunPeerAsync(BenchmarkStage stage, string kind, BenchmarkSettings settings, Figures figures)
    {
        await using var peer = await TmuxPeer.OpenAsync(kind, settings["viewers"], stage.Servers.Folder);
        // The terminals may never show the beginning: the program tells a file, too.
        var began = Path.Combine(stage.Servers.Folder, "began");
        await peer.RunAsync($"{await stage.ProgramAsync()} flood {settings["lines"]} {settings["line-bytes"]} | tee {began}");
        var ended = await Task.WhenAll(peer.Viewers.Select(viewer => viewer.Ended));
        var begin = long.Parse(File.ReadLines(began).First().AsSpan("begin ".Length), CultureInfo.InvariantCulture);
        figures.Add("peer_lines_delivered_min_fraction", peer.Viewers.Min(viewer => viewer.LinesSeen) / (double)settings["lines"]);
        figures.Add("peer_all_viewers_done_s", Clock.Seconds(begin, ended.Max()));
    }
}
