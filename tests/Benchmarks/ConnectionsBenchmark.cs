using System.CommandLine;
using System.Globalization;
using OrleansKd.Agent.Api;
using OrleansKd.Benchmarks.Agents;
using OrleansKd.Benchmarks.Connections;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Benchmarks.Viewers;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>connections</c>: viewers of a session that prints a line with the time all the time, before, during and after floods of connections from a process of their
/// own, over loopback. First idle ones (half say nothing, half are signed in and follow nothing), as many as the server's limit for each of ten addresses allows
/// and a tenth more; then strangers up to the limit of all; then as many hostile ones, which come again and again.
/// <c>PHASE_*_ms</c>: from the printed line to a viewer. <c>PHASE_p50_times</c>, <c>_p95_times</c>: compared with before.
/// <c>idle_open</c>: those that the server keeps, of <c>connections</c>; <c>idle_refused</c>, <c>strangers_refused</c>: those that it closed at once.
/// <c>hostile_*</c>: how many came and how they ended: an answer's status, <c>closed</c>. <c>PHASE_growth_mb</c>: the server's resident memory, less that before.
/// <c>files_left</c>: open files of the server afterwards, less before. <c>lines_in_order_fraction</c>: of the viewers, those that got each line once and in
/// order. <c>newcomer_fraction</c>: of the whole session, what somebody new got afterwards.
/// </summary>
internal static class ConnectionsBenchmark
{
    /// <summary>A limit for each is reached only from one; ten are the fewest who could fill a server.</summary>
    private const int Addresses = 10;

    /// <summary>Connections that the server has beside the flood's: viewers, agent, requests, and some of those who come last.</summary>
    private const int Spare = 200;

    private const int Strangers = 2 * Spare;

    /// <summary>An address with so many bad tokens within a minute has to wait; few, so that a short run gets there.</summary>
    private const int BadTokens = 60;

    /// <summary>Files that a server opens once and keeps: a pool's connections to the storage, say.</summary>
    private const int FewFiles = 20;

    /// <summary>Half a request is cut after ten seconds.</summary>
    private static readonly TimeSpan HalfRequest = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public static Command Create() => BenchmarkCommand.Create("connections", "What idle and hostile connections do to viewers.", RunAsync,
        new("connections", 10_000), new("per-second", 1_000), new("seconds", 20), new("viewers", 3), new("interval-ms", 20));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        var (count, viewers) = (settings["connections"], settings["viewers"]);
        await using var stage = await BenchmarkStage.OpenAsync(silos: 1, withAgent: false, configure: environment =>
        {
            environment["OrleansKd__Edge__Connections"] = $"{count + Spare}";
            environment["OrleansKd__Edge__ConnectionsPerAddress"] = $"{count / Addresses}";
            environment["OrleansKd__Edge__BadTokensPerMinute"] = $"{BadTokens}";
        });
        var server = stage.Processes[0].Run.Id;
        var seconds = TimeSpan.FromSeconds(settings["seconds"]);
        var token = await stage.Servers.TokenAsync(new { Email = "flood@elsewhere.example", Name = "Flood" });
        await using var agent = await LoadAgent.ConnectAsync(stage.Server, stage.HostTokens);
        await using var session = await agent.HostAsync(stage.Api, "connections");
        await session.PromptAsync();
        var watching = await WatchAsync(stage, session, viewers);
        using var ending = new CancellationTokenSource();
        var printing = PrintAsync(session, TimeSpan.FromMilliseconds(settings["interval-ms"]), ending.Token);

        // The first lines warm everything up.
        await Task.Delay(seconds / 2);
        var before = await MeasureAsync(seconds);
        var (files, memory) = (ServerMemory.OpenFiles(server), ServerMemory.ResidentBytes(server));
        (long, long) idle, hostile;
        await using (var flood = new FloodProcess(stage.Server, token, "idle", count + count / Addresses, $"1-{Addresses}", settings["per-second"]))
        {
            await flood.UntilAsync(one => one.Count("all.tried") == count + count / Addresses && one.Count("signed_in.open") + one.Count("silent.open") <= count, "all idle connections");
            idle = await MeasureAsync(seconds);
            await using (var strangers = new FloodProcess(stage.Server, token, "silent", Strangers, $"{Addresses + 1}-{2 * Addresses}", settings["per-second"]))
            {
                await strangers.UntilAsync(one => one.Count("all.tried") == Strangers && one.Count("silent.closed") >= Strangers - Spare, "the limit of all connections");
                figures.Add("strangers_refused", strangers.Count("silent.closed"));
            }
            figures.Add("idle_open", flood.Count("signed_in.open") + flood.Count("silent.open"));
            figures.Add("idle_refused", flood.Count("signed_in.closed") + flood.Count("silent.closed"));
            figures.Add("idle_growth_mb", Growth());
        }
        await using (var flood = new FloodProcess(stage.Server, token, "hostile", count, $"1-{Addresses}", settings["per-second"]))
        {
            await flood.UntilAsync(one => one.Count("storm.left") > 0, "hostile connections");
            hostile = await MeasureAsync(seconds > HalfRequest ? seconds : HalfRequest);
            await flood.UntilAsync(one => one.Count("half.") - one.Count("half.open") > 0, "the end of half requests");
            foreach (var (what, many) in flood.Counts.OrderBy(item => item.Key, StringComparer.Ordinal))
                figures.Add($"hostile_{what.Replace('.', '_')}", many);
            figures.Add("hostile_growth_mb", Growth());
        }
        await ReturnAsync(server, files);
        figures.Add("files_left", ServerMemory.OpenFiles(server) - files);
        var after = await MeasureAsync(seconds);
        figures.Add("after_growth_mb", Growth());
        await ending.CancelAsync();
        var lines = await printing;
        figures.Add("newcomer_fraction", await NewcomerAsync(stage, session, viewers + 1));
        AddLatencies(figures, watching, [("before", before), ("idle", idle), ("hostile", hostile), ("after", after)]);
        await Task.WhenAll(watching.Select(viewer => viewer.WaitForAsync("stamp", lines)));
        figures.Add("lines_in_order_fraction", watching.Count(viewer => IsInOrder(viewer, lines)) / (double)viewers);

        double Growth() => (ServerMemory.ResidentBytes(server) - memory) / 1024.0 / 1024;
    }

    private static async Task<ViewerProcess[]> WatchAsync(BenchmarkStage stage, LoadRun session, int viewers)
    {
        // One more: the newcomer.
        for (var i = 1; i <= viewers + 1; i++)
            await stage.ClientTokenAsync(i);
        await stage.Api.InviteAsync(session.Session, [.. Enumerable.Range(1, viewers + 1).Select(BenchmarkStage.EmailOf)], CancellationToken.None);
        return await stage.StartViewersAsync(session.Session, viewers, "--stamp", "echo ");
    }

    /// <returns>How many lines.</returns>
    private static async Task<int> PrintAsync(LoadRun session, TimeSpan every, CancellationToken ending)
    {
        using var timer = new PeriodicTimer(every);
        var lines = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(ending))
                await session.PrintAsync(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"echo {lines++} {Clock.Now}\n")));
        }
        catch (OperationCanceledException)
        {
            // Measured.
        }
        return lines;
    }

    private static async Task<(long From, long To)> MeasureAsync(TimeSpan time)
    {
        var from = Clock.Now;
        await Task.Delay(time);
        return (from, Clock.Now);
    }

    /// <summary>Waits until the server has given back what the flood had open; what it has not, the figure tells.</summary>
    private static async Task ReturnAsync(int server, int files)
    {
        using var timer = new PeriodicTimer(Poll);
        for (var since = Clock.Now; ServerMemory.OpenFiles(server) > files + FewFiles && Clock.Seconds(since, Clock.Now) < Limit.TotalSeconds;)
            await timer.WaitForNextTickAsync();
    }

    private static async Task<double> NewcomerAsync(BenchmarkStage stage, LoadRun session, int number)
    {
        using var limit = new CancellationTokenSource(Limit);
        var end = (await stage.Api.GetSessionAsync(session.Session, limit.Token)).DurableThrough;
        await using var follower = new SessionFollower(stage.Server, new FixedToken(await stage.ClientTokenAsync(number)), TimeProvider.System);
        var last = 0L;
        await foreach (var update in follower.Follow(session.Session, 0, durableOnly: true, limit.Token))
        {
            if (update is not TranscriptUpdate.Page { Value: var page })
                continue;
            foreach (var entry in page.Entries)
                last = entry.Sequence == last + 1 ? entry.Sequence : throw new InvalidOperationException($"Entry {entry.Sequence} came after {last}.");
            if (last >= end)
                break;
        }
        return last >= end ? 1 : last / (double)end;
    }

    private static void AddLatencies(Figures figures, ViewerProcess[] watching, (string Name, (long From, long To) Time)[] phases)
    {
        var stamps = watching.SelectMany(viewer => viewer.Told("stamp")).Select(words => (Sent: ViewerProcess.Time(words[1]), Seen: ViewerProcess.Time(words[2]))).ToArray();
        double[] alone = [];
        foreach (var (name, time) in phases)
        {
            var took = stamps.Where(stamp => stamp.Sent >= time.From && stamp.Sent < time.To).Select(stamp => Clock.Milliseconds(stamp.Sent, stamp.Seen)).ToArray();
            figures.AddPercentiles(name, took);
            if (alone.Length == 0)
            {
                alone = took;
                continue;
            }
            foreach (var percent in (int[])[50, 95])
                figures.Add($"{name}_p{percent}_times", Figures.Percentile(took, percent) / Figures.Percentile(alone, percent));
        }
    }

    private static bool IsInOrder(ViewerProcess viewer, int lines) =>
        viewer.Told("stamp").Select(words => int.Parse(words[0], CultureInfo.InvariantCulture)).SequenceEqual(Enumerable.Range(0, lines));
}
