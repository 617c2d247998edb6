using System.CommandLine;
using System.Text;
using Azure.Data.Tables;
using OrleansKd.Agent.Api;
using OrleansKd.Benchmarks.Agents;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>commit</c>: how fast one session becomes durable. An agent without a debugger (<see cref="LoadAgent"/>) sends over a real connection
/// to a real server. <c>mb_per_s</c>: output of the kind that debuggers print, from the first chunk sent to the acknowledgement that the last
/// is durable, uncompressed bytes; <c>noise_mb_per_s</c>: the same with bytes that nothing compresses. <c>ack_p50_ms</c>: 50 chunks of 80
/// bytes a second, each from its sending to the acknowledgement that it is durable; <c>rows_per_s</c>: table rows that they became.
/// <c>command_p50_ms</c>: a command in a quiet session, from its entering to the answer that it is durable.
/// </summary>
internal static class CommitBenchmark
{
    private const int SmallChunksPerSecond = 50;

    public static Command Create() => BenchmarkCommand.Create("commit", "How fast one session's entries become durable.", RunAsync,
        new("mb", 200), new("seconds", 10), new("commands", 200));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        await using var stage = await BenchmarkStage.OpenAsync(silos: 1, withAgent: false);
        await using var agent = await LoadAgent.ConnectAsync(stage.Processes[0].Address, stage.HostTokens);
        var chunks = settings["mb"] * 1_000_000 / Limits.ChunkBytes;
        // A first, short one: nobody's server is cold.
        await ThroughputAsync(stage, agent, DebuggerText.Frames(64), 640);
        figures.Add("mb_per_s", await ThroughputAsync(stage, agent, DebuggerText.Frames(256), chunks));
        figures.Add("noise_mb_per_s", await ThroughputAsync(stage, agent, DebuggerText.Noise(256), chunks));
        await AcknowledgementsAsync(stage, agent, settings["seconds"], figures);
        await CommandsAsync(stage, agent, settings["commands"], figures);
    }

    private static async Task<double> ThroughputAsync(BenchmarkStage stage, LoadAgent agent, byte[][] data, int chunks)
    {
        await using var run = await agent.HostAsync(stage.Api, "throughput");
        await run.DurableAsync(await run.PromptAsync());
        var begin = Clock.Now;
        var last = 0L;
        for (var i = 0; i < chunks; i++)
            last = await run.PrintAsync(data[i % data.Length]);
        await run.DurableAsync(last);
        return (double)chunks * Limits.ChunkBytes / 1e6 / Clock.Seconds(begin, Clock.Now);
    }

    private static async Task AcknowledgementsAsync(BenchmarkStage stage, LoadAgent agent, int seconds, Figures figures)
    {
        await using var run = await agent.HostAsync(stage.Api, "small chunks");
        await run.DurableAsync(await run.PromptAsync());
        var rowsBefore = await RowsAsync(stage, run.Session);
        run.Acknowledgements = [];
        List<(long Number, long At)> sent = [];
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / SmallChunksPerSecond));
        var line = Encoding.ASCII.GetBytes(new string('x', 79) + "\n");
        for (var i = 0; i < seconds * SmallChunksPerSecond && await timer.WaitForNextTickAsync(); i++)
        {
            var at = Clock.Now;
            sent.Add((await run.PrintAsync(line), at));
        }
        await run.DurableAsync(sent[^1].Number);
        var acknowledged = run.Acknowledgements.ToArray();
        figures.AddPercentiles("ack", [.. sent.Select(chunk => Clock.Milliseconds(chunk.At, acknowledged.First(ack => ack.Through >= chunk.Number).At))]);
        figures.Add("rows_per_s", (await RowsAsync(stage, run.Session) - rowsBefore) / (double)seconds);
    }

    private static async Task CommandsAsync(BenchmarkStage stage, LoadAgent agent, int count, Figures figures)
    {
        await using var run = await agent.HostAsync(stage.Api, "commands");
        await run.DurableAsync(await run.PromptAsync());
        await using var host = new SessionFollower(stage.Processes[0].Address, stage.HostTokens, TimeProvider.System);
        List<double> took = [];
        for (var i = 0; i < count + 20; i++)
        {
            var begin = Clock.Now;
            await host.EnterCommandAsync(run.Session, "bt", CancellationToken.None);
            took.Add(Clock.Milliseconds(begin, Clock.Now));
            await run.DurableAsync(await run.CompletedAsync());
        }
        // The first ones find the server cold.
        figures.AddPercentiles("command", [.. took.Skip(20)]);
    }

    /// <summary>How many rows the session's log has, as its head in the table says.</summary>
    public static Task<long> RowsAsync(BenchmarkStage stage, string session) => HeadAsync(stage, session, "LastRow");

    /// <summary>How often it was compacted.</summary>
    public static Task<long> GenerationAsync(BenchmarkStage stage, string session) => HeadAsync(stage, session, "Generation");

    private static async Task<long> HeadAsync(BenchmarkStage stage, string session, string name)
    {
        var table = new TableClient(stage.Servers.Environment["OrleansKd__Storage__ConnectionString"], "OrleansKdSessionLog");
        return (await table.GetEntityAsync<TableEntity>(session, "head")).Value.GetInt64(name) ?? 0;
    }
}
