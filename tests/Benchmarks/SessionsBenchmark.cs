using System.CommandLine;
using OrleansKd.Agent.Api;
using OrleansKd.Benchmarks.Agents;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>sessions</c>: many sessions of one user. Sessions are hosted at a steady rate (an agent without debuggers plays them) while another
/// session floods as fast as the server takes it; <c>hosted_beside_flood_*</c>: from when each was due to its answer, so waiting counts;
/// <c>hosted_per_s</c>: how many came to be each second, <c>flood_mb_per_s</c>: what the flood had meanwhile. Then the rest are hosted and the
/// whole list is asked for again and again: <c>list_*</c>; <c>list_page_*</c>: a page of 50. <c>list_cold_ms</c>: the first list of a new server
/// process, whose storage knows the sessions and whose memory does not; <c>account_cold_ms</c>: the sign-in before it, the very first request.
/// </summary>
internal static class SessionsBenchmark
{
    private const int PageItems = 50;

    public static Command Create() => BenchmarkCommand.Create("sessions", "Hosting many sessions beside a flood, and listing them.", RunAsync,
        new("sessions", 500), new("per-second", 20), new("seconds", 10), new("lists", 50));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        await using var stage = await BenchmarkStage.OpenAsync(silos: 1, withAgent: false);
        await using var agent = await LoadAgent.ConnectAsync(stage.Server, stage.HostTokens);
        List<LoadRun> runs = [await agent.HostAsync(stage.Api, "flood")];
        var hosted = await HostBesideFloodAsync(stage, agent, runs[0], settings, figures);
        runs.AddRange(hosted);
        while (runs.Count < settings["sessions"])
            runs.Add(await agent.HostAsync(stage.Api, $"quiet {runs.Count}"));

        figures.AddPercentiles("list", await TimesAsync(settings["lists"], async () => Check(await stage.Api.GetSessionsAsync(CancellationToken.None), runs.Count)));
        using var http = new HttpClient { BaseAddress = stage.Server };
        http.DefaultRequestHeaders.Authorization = new("Bearer", await stage.HostTokens.GetAccessTokenAsync(CancellationToken.None));
        figures.AddPercentiles("list_page", await TimesAsync(settings["lists"], async () =>
            await http.GetByteArrayAsync(new Uri($"{Routes.Sessions}?limit={PageItems}", UriKind.Relative))));

        var other = await RestartedAsync(stage);
        using var client = new SessionsClient(other, stage.HostTokens);
        figures.Add("account_cold_ms", (await TimesAsync(1, () => client.GetMeAsync(CancellationToken.None)))[0]);
        figures.Add("list_cold_ms", (await TimesAsync(1, async () => Check(await client.GetSessionsAsync(CancellationToken.None), runs.Count)))[0]);
        figures.AddPercentiles("list_after_restart", await TimesAsync(settings["lists"], async () => Check(await client.GetSessionsAsync(CancellationToken.None), runs.Count)));
    }

    private static async Task<LoadRun[]> HostBesideFloodAsync(BenchmarkStage stage, LoadAgent agent, LoadRun flood, BenchmarkSettings settings, Figures figures)
    {
        using var ending = new CancellationTokenSource();
        await flood.PromptAsync();
        var flooding = FloodAsync(flood, ending.Token);
        await agent.HostAsync(stage.Api, "warm-up");
        var begin = Clock.Now;
        List<Task<(LoadRun Run, double Took, long At)>> hosting = [];
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / settings["per-second"]));
        for (var i = 0; i < settings["per-second"] * settings["seconds"]; i++)
        {
            await timer.WaitForNextTickAsync();
            // Ticks that the timer swallowed were due all the same.
            var due = begin + (long)((i + 1) * 1e9 / settings["per-second"]);
            hosting.Add(HostAsync(due, $"beside {i}"));
        }
        var hosted = await Task.WhenAll(hosting);
        var seconds = Clock.Seconds(begin, hosted.Max(one => one.At));
        await ending.CancelAsync();
        figures.AddPercentiles("hosted_beside_flood", [.. hosted.Select(one => one.Took)]);
        figures.Add("hosted_per_s", hosted.Length / seconds);
        figures.Add("flood_mb_per_s", await flooding / 1e6 / seconds);
        return [.. hosted.Select(one => one.Run)];

        async Task<(LoadRun, double, long)> HostAsync(long due, string name)
        {
            var run = await agent.HostAsync(stage.Api, name);
            var now = Clock.Now;
            return (run, Clock.Milliseconds(due, now), now);
        }
    }

    private static async Task<long> FloodAsync(LoadRun flood, CancellationToken ending)
    {
        var data = DebuggerText.Frames(256);
        var bytes = 0L;
        for (var i = 0; !ending.IsCancellationRequested; i++)
        {
            await flood.PrintAsync(data[i % data.Length]);
            bytes += data[i % data.Length].Length;
        }
        return bytes;
    }

    private static async Task<double[]> TimesAsync(int times, Func<Task> act)
    {
        List<double> took = [];
        for (var i = 0; i < times; i++)
        {
            var begin = Clock.Now;
            await act();
            took.Add(Clock.Milliseconds(begin, Clock.Now));
        }
        return [.. took];
    }

    private static void Check(SessionSummary[] list, int atLeast)
    {
        if (list.Length < atLeast)
            throw new InvalidOperationException($"The list has {list.Length} sessions of {atLeast}.");
    }

    /// <summary>The server is killed, and another one started over the same storage.</summary>
    private static async Task<Uri> RestartedAsync(BenchmarkStage stage)
    {
        stage.Processes[0].Run.Signal(9);
        await stage.Processes[0].Run.EndAsync();
        return (await stage.Servers.StartServerAsync("all")).Address;
    }
}
