using System.CommandLine;
using System.Globalization;
using OrleansKd.Benchmarks.Agents;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Benchmarks.Viewers;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>late-join</c>: a session has a long history; a terminal client that is open (so it has joined a small session before) joins it.
/// <c>last_screen_ms</c>: from the decision to join until the last page of the history is there. <c>whole_s</c>: until all of it is. Medians
/// of several joins, each by a new process.
/// </summary>
internal static class LateJoinBenchmark
{
    public static Command Create() => BenchmarkCommand.Create("late-join", "Joining a session with a long history.", RunAsync, new("mb", 50), new("joins", 5));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        await using var stage = await BenchmarkStage.OpenAsync(silos: 1, withAgent: false);
        await using var agent = await LoadAgent.ConnectAsync(stage.Server, stage.HostTokens);
        await using var small = await agent.HostAsync(stage.Api, "small");
        await small.DurableAsync(await small.PromptAsync());
        await using var large = await agent.HostAsync(stage.Api, "large");
        var data = DebuggerText.Frames(256);
        var last = await large.PromptAsync();
        for (var i = 0; i < settings["mb"] * 1_000_000 / Limits.ChunkBytes; i++)
            last = await large.PrintAsync(data[i % data.Length]);
        await large.DurableAsync(last);
        var end = (await stage.Api.GetSessionAsync(large.Session, CancellationToken.None)).DurableThrough;

        var token = await stage.HostTokens.GetAccessTokenAsync(CancellationToken.None);
        List<(double Screen, double Whole)> joins = [];
        for (var i = 0; i < settings["joins"]; i++)
        {
            await using var viewer = new ViewerProcess(stage.Server, large.Session, token, ["--after-session", small.Session, "--through", end.ToString(CultureInfo.InvariantCulture)]);
            var joining = ViewerProcess.Time((await viewer.WaitForAsync("joining"))[0]);
            var screen = ViewerProcess.Time((await viewer.WaitForAsync("screen"))[0]);
            var through = ViewerProcess.Time((await viewer.WaitForAsync("through"))[0]);
            joins.Add((Clock.Milliseconds(joining, screen), Clock.Seconds(joining, through)));
        }
        figures.Add("last_screen_ms", Figures.Percentile([.. joins.Select(join => join.Screen)], 50));
        figures.Add("last_screen_worst_ms", joins.Max(join => join.Screen));
        figures.Add("whole_s", Figures.Percentile([.. joins.Select(join => join.Whole)], 50));
        figures.Add("whole_worst_s", joins.Max(join => join.Whole));
    }
}
