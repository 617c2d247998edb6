using System.CommandLine;
using System.Net;
using OrleansKd.Benchmarks.Viewers;

namespace OrleansKd.Benchmarks.Connections;

/// <summary>
/// <c>flood-clients</c>: many raw connections from a process of their own, which has its own limit of open files. Ends with SIGTERM, and all connections with it.
/// Twice a second it writes a line <c>counts JSON</c>: by kind, how many are open (<c>KIND.open</c>), and how many ended in which way; <c>all.tried</c>.
/// </summary>
internal static class FloodCommand
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Parts of a second in which connections are opened.</summary>
    private const int Parts = 50;

    /// <summary>What this process opens beside its connections.</summary>
    private const int OtherFiles = 300;

    public static Command Create()
    {
        var server = new Option<string>("--server") { Required = true };
        var mix = new Option<string>("--mix") { Required = true };
        var count = new Option<int>("--connections") { Required = true };
        var addresses = new Option<string>("--addresses") { Required = true, Description = "FIRST-LAST: from 127.0.1.FIRST to 127.0.1.LAST." };
        var perSecond = new Option<int>("--per-second") { Required = true };
        var command = new Command("flood-clients", "Idle or hostile connections of the connections benchmark.") { server, mix, count, addresses, perSecond };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) =>
        {
            var (all, range, target) = (parsed.GetValue(count), parsed.GetRequiredValue(addresses).Split('-').Select(int.Parse).ToArray(), new Uri(parsed.GetRequiredValue(server)));
            CheckOpenFiles(all);
            var mixed = parsed.GetRequiredValue(mix) switch { "idle" => FloodKind.Idle, "silent" => FloodKind.Silent, "hostile" => FloodKind.Hostile, var other => throw new ArgumentException(other) };
            using var flood = new Flood(new IPEndPoint(IPAddress.Loopback, target.Port), Environment.GetEnvironmentVariable(ViewerCommand.TokenVariable)!, stop);
            // Kinds are given out in turns, and to the addresses in turns.
            var running = Enumerable.Range(0, all)
                .Select(i => flood.RunAsync(mixed[i % mixed.Count], new IPAddress([127, 0, 1, (byte)(range[0] + i / mixed.Count % (range[1] - range[0] + 1))]), comesAgain: mixed == FloodKind.Hostile))
                .ToList();
            await Task.WhenAll([flood.PaceAsync(Math.Max(1, parsed.GetValue(perSecond) / Parts), TimeSpan.FromSeconds(1.0 / Parts)), flood.TellAsync(TellEvery), .. running]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        });
        return command;
    }

    /// <summary>The runtime has raised the soft limit to the hard one.</summary>
    private static void CheckOpenFiles(int connections)
    {
        var limit = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        if (int.TryParse(limit, out var most) && most < connections + OtherFiles)
            throw new InvalidOperationException($"This process and the server may open {most} files each; {connections} connections need {connections + OtherFiles}. Raise it before: ulimit -n {2 * connections}");
    }
}
