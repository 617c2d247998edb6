using System.Text.Json;

namespace OrleansKd.Chaos.Kills;

/// <param name="Silos">1: mostly one process that is replaced at once; 2 or 3: only real detection.</param>
/// <param name="BytesPerSecond">What the program prints.</param>
internal sealed record KillOptions(int Kills, int Seed, int Silos = 1, int BytesPerSecond = 100_000);

/// <summary>One kill and what came of it.</summary>
/// <param name="DetectedAfter">Until the others had declared the silo dead, where nobody took its place meanwhile.</param>
/// <param name="ResumedAfter">Until output flowed again at the live follower.</param>
/// <param name="IsLast">No other kill followed before output flowed again.</param>
internal sealed record KillRecord(PlannedKill Kill, string Hit, TimeSpan? DetectedAfter, TimeSpan ResumedAfter, bool IsLast);

/// <summary>What a run adds up to; only made when everything was as it must be.</summary>
internal sealed record KillReport(KillOptions Options, IReadOnlyList<KillRecord> Kills, StreamOutcome Stream, TimeSpan Took)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Options.Seed,
            Kills = Kills.Count,
            Phases = Kills.GroupBy(kill => kill.Kill.Phase).OrderBy(group => group.Key).ToDictionary(group => group.Key.ToString(), group => group.Count()),
            Layouts = Kills.GroupBy(kill => kill.Kill.Layout).OrderBy(group => group.Key).ToDictionary(group => group.Key.ToString(), group => group.Count()),
            DetectionSeconds = Spread(Kills.Where(kill => kill.DetectedAfter is not null).Select(kill => kill.DetectedAfter!.Value)),
            ResumedSeconds = Spread(Kills.Where(kill => kill.IsLast).Select(kill => kill.ResumedAfter)),
            ResumedSecondsByLayout = Kills.GroupBy(kill => kill.Kill.Layout).OrderBy(group => group.Key)
                .ToDictionary(group => group.Key.ToString(), group => Spread(group.Where(kill => kill.IsLast).Select(kill => kill.ResumedAfter))),
            Stream,
            TookSeconds = Math.Round(Took.TotalSeconds),
        },
        Json);

    private static object? Spread(IEnumerable<TimeSpan> times)
    {
        double[] sorted = [.. times.Select(time => Math.Round(time.TotalSeconds, 2)).Order()];
        return sorted.Length == 0 ? null : new { Min = sorted[0], P50 = sorted[sorted.Length / 2], Max = sorted[^1] };
    }
}

/// <param name="Entries">Of the log, 1 to this without a hole.</param>
/// <param name="Lines">Of the program.</param>
/// <param name="BytesCompared">Of the program, byte by byte, in the log and at the durable-only follower.</param>
/// <param name="Checksum">XXH128 of them.</param>
/// <param name="Rewinds">How often the live follower took something back.</param>
internal sealed record StreamOutcome(long Entries, long Epochs, ulong Lines, long BytesCompared, string Checksum, int Rewinds, int CommandsAccepted, int CommandsRun, int CommandsCancelled);
