using System.CommandLine;
using System.Globalization;
using OrleansKd.Agent.Api;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Benchmarks.Viewers;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>failover</c>: several server processes behind a round-robin proxy; a program prints numbered lines all the time; the process that owns
/// the session is killed with -9 and stays dead. <c>resumed_s</c>: from the kill until the last viewer has a line that was printed after it.
/// <c>lost_bytes</c>, <c>repeated_bytes</c>: of the program's lines in the durable transcript. <c>viewers_exact_fraction</c>: viewers who
/// ended up with exactly the durable transcript, whatever they were shown meanwhile.
/// </summary>
internal static class FailoverBenchmark
{
    public static Command Create() => BenchmarkCommand.Create("failover", "The process that owns a session is killed.", RunAsync,
        new("lines", 3_000), new("interval-ms", 5), new("viewers", 10), new("silos", 2));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        await using var stage = await BenchmarkStage.OpenAsync(settings["silos"], behindProxy: true);
        var session = await stage.HostAsync($"echo {settings["lines"]} {settings["interval-ms"]}", settings["viewers"]);
        var viewers = await stage.StartViewersAsync(session, settings["viewers"], "--stamp", "echo ");
        await stage.Api.EnterCommandAsync(session, "run", CancellationToken.None);
        await Task.WhenAll(viewers.Select(viewer => viewer.WaitForAsync("stamp", settings["lines"] / 10)));
        var owner = stage.Processes.Single(process => process.Run.Out.Contains($"Session {session} is active here", StringComparison.Ordinal));
        var killedAt = Clock.Now;
        owner.Run.Signal(9);
        var durable = await Task.WhenAll(viewers.Select(viewer => viewer.WaitForAsync("durable")));
        figures.Add("resumed_s", viewers.Max(viewer => Clock.Seconds(killedAt, viewer.Told("stamp")
            .Where(words => ViewerProcess.Time(words[1]) > killedAt).Min(words => ViewerProcess.Time(words[2])))));

        var (hash, lines) = await TranscriptAsync(stage, session, long.Parse(durable[0][1], CultureInfo.InvariantCulture));
        var counts = lines.CountBy(line => line).ToDictionary();
        var bytesOfLine = (double)lines.Sum(line => line.Length + 1) / Math.Max(1, lines.Count);
        figures.Add("lost_bytes", Math.Round(Enumerable.Range(0, settings["lines"]).Count(i => !lines.Any(line => line.StartsWith($"echo {i} ", StringComparison.Ordinal))) * bytesOfLine));
        figures.Add("repeated_bytes", counts.Sum(line => (line.Value - 1) * (line.Key.Length + 1)));
        figures.Add("viewers_exact_fraction", durable.Count(words => ulong.Parse(words[2], CultureInfo.InvariantCulture) == hash) / (double)viewers.Length);
    }

    /// <summary>The durable transcript up to a sequence: its hash, and the program's lines in it.</summary>
    private static async Task<(ulong Hash, List<string> Lines)> TranscriptAsync(BenchmarkStage stage, string session, long through)
    {
        using var api = new SessionsClient(stage.Server, stage.HostTokens);
        var hash = new TranscriptHash();
        var text = new System.Text.StringBuilder();
        for (long after = 0; after < through;)
        {
            var page = await api.GetTranscriptAsync(session, after, TimeSpan.Zero, CancellationToken.None);
            foreach (var entry in page.Entries)
            {
                hash.Add(entry);
                if (entry.Kind is TranscriptEntryKind.Output)
                    text.Append(System.Text.Encoding.UTF8.GetString(entry.Data.Span));
            }
            after += page.Entries.Length;
        }
        return (hash.Through(through), [.. text.ToString().Split('\n').Where(line => line.StartsWith("echo ", StringComparison.Ordinal))]);
    }
}
