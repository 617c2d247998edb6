using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansKd.AzureTables.Hosting;
using OrleansKd.Benchmarks.Agents;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>history</c>: reading a stored session, and what a long one costs. <c>read_s</c>: a new process's reader gets all entries from the
/// first to the last, in pages, as appends stored them; <c>read_compacted_s</c>: the same after the session was terminated and compacted, and
/// <c>rows</c>, <c>rows_compacted</c> how many rows that were. <c>last_page_ms</c>: the last 64 KB, backwards from the end, with a cold
/// reader. <c>million_entries_server_mb</c>: by how much the server's memory (resident) is larger after so many more small entries of one
/// session than after the first tenth of them: buffers of the runtime included, so it is no exact size, but it must not grow with the count.
/// </summary>
internal static class HistoryBenchmark
{
    private const int PageBytes = 1024 * 1024;

    public static Command Create() => BenchmarkCommand.Create("history", "Reading a long session from storage, and what it costs the server.", RunAsync,
        new("mb", 50), new("entries", 1_000_000));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        await using var stage = await BenchmarkStage.OpenAsync(silos: 1, withAgent: false);
        await using var agent = await LoadAgent.ConnectAsync(stage.Processes[0].Address, stage.HostTokens);
        await using (var run = await agent.HostAsync(stage.Api, "history"))
        {
            var data = DebuggerText.Frames(256);
            var last = await run.PromptAsync();
            for (var i = 0; i < settings["mb"] * 1_000_000 / Limits.ChunkBytes; i++)
                last = await run.PrintAsync(data[i % data.Length]);
            await run.DurableAsync(last);
            var id = SessionId.Parse(run.Session);
            figures.Add("rows", await CommitBenchmark.RowsAsync(stage, run.Session));
            figures.Add("read_s", await ReadAsync(stage, id));
            figures.Add("last_page_ms", await ReadLastPageAsync(stage, id));
            await stage.Api.TerminateAsync(run.Session, TargetFate.LetRun, CancellationToken.None);
            await CompactedAsync(stage, run.Session);
            figures.Add("rows_compacted", await CommitBenchmark.RowsAsync(stage, run.Session));
            figures.Add("read_compacted_s", await ReadAsync(stage, id));
        }
        await MemoryAsync(stage, agent, settings["entries"], figures);
    }

    private static async Task<double> ReadAsync(BenchmarkStage stage, SessionId session)
    {
        using var host = await OpenLogAsync(stage);
        var log = host.Services.GetRequiredService<ISessionLog>();
        var begin = Clock.Now;
        for (var after = 0L; ;)
        {
            var page = await log.Read(session, after, PageBytes, CancellationToken.None);
            if (page.Length == 0)
                return Clock.Seconds(begin, Clock.Now);
            after = page[^1].Sequence;
        }
    }

    private static async Task<double> ReadLastPageAsync(BenchmarkStage stage, SessionId session)
    {
        using var host = await OpenLogAsync(stage);
        var log = host.Services.GetRequiredService<ISessionLog>();
        var begin = Clock.Now;
        await log.ReadBackwards(session, long.MaxValue, Limits.PageBytes, CancellationToken.None);
        return Clock.Milliseconds(begin, Clock.Now);
    }

    private static async Task<IHost> OpenLogAsync(BenchmarkStage stage)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAzureTableSessionLog(options =>
            options.Connection = new AzureTablesConnection { ConnectionString = stage.Servers.Environment["OrleansKd__Storage__ConnectionString"] });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task CompactedAsync(BenchmarkStage stage, string session)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await CommitBenchmark.GenerationAsync(stage, session) == 0)
            await timer.WaitForNextTickAsync();
    }

    private static async Task MemoryAsync(BenchmarkStage stage, LoadAgent agent, int entries, Figures figures)
    {
        await using var run = await agent.HostAsync(stage.Api, "many entries");
        var line = new byte[16];
        long first = 0, last = 0;
        for (var i = 1; i <= entries; i++)
        {
            last = await run.PrintAsync(line);
            if (i != entries / 10)
                continue;
            await run.DurableAsync(last);
            first = ServerMemory.ResidentBytes(stage.Processes[0].Run.Id);
        }
        await run.DurableAsync(last);
        figures.Add("million_entries_server_mb", (ServerMemory.ResidentBytes(stage.Processes[0].Run.Id) - first) / 1e6);
    }
}
