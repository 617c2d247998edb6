using System.Text.Json;

namespace OrleansKd.Chaos.Live;

internal sealed record LiveOptions(TimeSpan Length, int Seed, int Silos = 2, int BytesPerSecond = 100_000);

/// <summary>A run in which every follower had exactly the log.</summary>
/// <param name="Resumed">For each kill of an owner: until output flowed again.</param>
internal sealed record LiveReport(
    LiveOptions Options, IReadOnlyList<LiveFault> Faults, IReadOnlyList<TimeSpan> Resumed, int Entries, long Bytes, int Rewinds, int Visitors, int Restarts, TimeSpan Took)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Options.Seed,
            Options.Silos,
            Faults = Faults.CountBy(fault => fault).ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
            ResumedSecondsMedian = Resumed.Count == 0 ? 0 : Math.Round(Resumed.Order().ElementAt(Resumed.Count / 2).TotalSeconds, 1),
            ResumedSecondsMost = Resumed.Count == 0 ? 0 : Math.Round(Resumed.Max().TotalSeconds, 1),
            Entries,
            BytesCompared = Bytes,
            Rewinds,
            Visitors,
            Restarts,
            TookSeconds = Math.Round(Took.TotalSeconds),
        },
        Json);
}
