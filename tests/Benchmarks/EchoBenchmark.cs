using System.CommandLine;
using System.Globalization;
using OrleansKd.Benchmarks.Peers;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Benchmarks.Viewers;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>echo</c>: gdb runs a program that prints a line with the time every few milliseconds; each viewer notes when it has the line.
/// <c>all_viewers_*</c>: from the program's time to the slowest viewer, for each line; <c>viewer_*</c>: to each viewer. The first lines are left out: programs that
/// have just been started compile themselves, a dozen of them on the same processors.
/// With a peer the same program prints in tmux: <c>peer_all_viewers_*</c> for the lines that every terminal was sent.
/// </summary>
internal static class EchoBenchmark
{
    public static Command Create() => BenchmarkCommand.CreateWithPeers("echo", "From a printed line to the slowest viewer.", RunAsync, TmuxPeer.Kinds,
        new("lines", 500), new("warm-up-lines", 1_000), new("interval-ms", 20), new("viewers", 10), new("silos", 1));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        await using var stage = await BenchmarkStage.OpenAsync(settings["silos"]);
        var warmUp = settings["warm-up-lines"];
        var session = await stage.HostAsync($"echo {settings["lines"] + warmUp} {settings["interval-ms"]}", settings["viewers"]);
        var viewers = await stage.StartViewersAsync(session, settings["viewers"], "--stamp", "echo ", "--keep-stamps");
        await stage.Api.EnterCommandAsync(session, "run", CancellationToken.None);
        await Task.WhenAll(viewers.Select(viewer => viewer.WaitForAsync("done")));
        var latencies = viewers.SelectMany(viewer => viewer.Told("stamp"))
            .Select(words => (Line: int.Parse(words[0], CultureInfo.InvariantCulture), Took: Clock.Milliseconds(ViewerProcess.Time(words[1]), ViewerProcess.Time(words[2]))))
            .Where(stamp => stamp.Line >= warmUp)
            .ToArray();
        figures.AddPercentiles("all_viewers", [.. latencies.GroupBy(stamp => stamp.Line).Select(line => line.Max(stamp => stamp.Took))]);
        figures.AddPercentiles("viewer", [.. latencies.Select(stamp => stamp.Took)]);
        figures.Add("lines_delivered_min_fraction", viewers.Min(viewer => viewer.Told("stamp").Length) / (double)(settings["lines"] + warmUp));
        if (settings.Peer is { } peer)
            await RunPeerAsync(stage, peer, settings, warmUp, figures);
    }

    private static async Task RunPeerAsync(BenchmarkStage stage, string kind, BenchmarkSettings settings, int warmUp, Figures figures)
    {
        await using var peer = await TmuxPeer.OpenAsync(kind, settings["viewers"], stage.Servers.Folder);
        await peer.RunAsync($"{await stage.ProgramAsync()} echo {settings["lines"] + warmUp} {settings["interval-ms"]}");
        await Task.WhenAll(peer.Viewers.Select(viewer => viewer.Ended));
        var byLine = peer.Viewers.SelectMany(viewer => viewer.Echoes).Where(echo => echo.Key >= warmUp).GroupBy(echo => echo.Key).ToArray();
        figures.AddPercentiles("peer_all_viewers", [.. byLine.Where(line => line.Count() == settings["viewers"]).Select(line => line.Max(echo => Clock.Milliseconds(echo.Value.Sent, echo.Value.Seen)))]);
        figures.Add("peer_lines_delivered_min_fraction", peer.Viewers.Min(viewer => viewer.Echoes.Count) / (double)(settings["lines"] + warmUp));
    }
}
