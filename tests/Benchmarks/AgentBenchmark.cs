using System.CommandLine;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Spool;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>agent</c>: the agent alone, with a real gdb and a real spool on disk, and no server. <c>read_mb_per_s</c>: from a command that prints so
/// much to its end in the spool. <c>command_…</c>: from a command handed to gdb to its end. <c>break_…</c>: from a Break of a running target to
/// the prompt.
/// </summary>
internal static class AgentBenchmark
{
    public static Command Create() => BenchmarkCommand.Create("agent", "The agent alone: reading, commands, Break.", RunAsync,
        new("mb", 50), new("commands", 1_000), new("breaks", 50));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        var folder = Directory.CreateTempSubdirectory("orleanskd-agent-").FullName;
        try
        {
            using var spool = OutputSpool.Create(Path.Combine(folder, "spool"));
            var record = new WatchedRecord(spool);
            var allowed = AllowedDebuggers.Find(Environment.GetEnvironmentVariable("PATH"), []);
            var debugger = (await new DebuggerLauncher(allowed, TimeProvider.System).StartAsync("gdb", "-q -nx /bin/sleep", folder, record)).Process;
            await RunAsync(debugger, record, "shell true");

            var bytes = settings["mb"] * 1_000_000;
            var line = new string('x', 79);
            figures.Add("read_mb_per_s", bytes / 1e3 / await RunAsync(debugger, record, $"shell yes {line} | head -c {bytes}"));
            await SeveralAsync(settings["commands"], figures, "command", () => RunAsync(debugger, record, "echo something\\n"));
            await RunAsync(debugger, record, "starti 1000000");
            await SeveralAsync(settings["breaks"], figures, "break", () => BreakAsync(debugger, record));
            await DebuggerLeave.EndAsync(debugger, TimeProvider.System);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SeveralAsync(int rounds, Figures figures, string name, Func<Task<double>> measure)
    {
        List<double> took = [];
        for (var round = 0; round < rounds; round++)
            took.Add(await measure());
        figures.AddPercentiles(name, took);
    }

    /// <returns>Milliseconds.</returns>
    private static async Task<double> RunAsync(DebuggerProcess debugger, WatchedRecord record, string line)
    {
        await debugger.PromptAsync();
        var ended = record.NextEnd;
        var begin = Clock.Now;
        if (!debugger.TryRun("c", line))
            throw new InvalidOperationException($"gdb is {debugger.State}.");
        return Clock.Milliseconds(begin, await ended);
    }

    private static async Task<double> BreakAsync(DebuggerProcess debugger, WatchedRecord record)
    {
        await debugger.PromptAsync();
        var ended = record.NextEnd;
        var runs = record.NextRunning;
        debugger.TryRun("c", "continue");
        await runs;
        var begin = Clock.Now;
        debugger.Break();
        return Clock.Milliseconds(begin, await ended);
    }

    /// <summary>Tells when a command has ended, and when the target runs.</summary>
    private sealed class WatchedRecord(IRunRecord next) : IRunRecord
    {
        private TaskCompletionSource<long> end = NewMoment();
        private TaskCompletionSource<long> running = NewMoment();

        /// <summary>When the next command ends.</summary>
        public Task<long> NextEnd => end.Task;

        /// <summary>When the target is shown as running next.</summary>
        public Task<long> NextRunning => running.Task;

        public void Output(ReadOnlySpan<byte> bytes) => next.Output(bytes);

        public void Report(AgentChunk report)
        {
            next.Report(report);
            if (report.Kind is AgentChunkKind.CommandCompleted)
                Interlocked.Exchange(ref end, NewMoment()).SetResult(Clock.Now);
            else if (report.State is DebuggerState.Running)
                Interlocked.Exchange(ref running, NewMoment()).SetResult(Clock.Now);
        }

        private static TaskCompletionSource<long> NewMoment() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
