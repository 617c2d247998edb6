using System.Text.Json;

namespace OrleansKd.Chaos.Flood;

/// <param name="Sessions">That print at the same time.</param>
/// <param name="BytesPerSession">Then it is compared, its log is deleted, and another one begins: a storage in memory is not endless.</param>
internal sealed record FloodOptions(TimeSpan Length, int Silos, int Seed, int Sessions = 3, long BytesPerSession = 30_000_000);

/// <summary>A flood in which no silo was suspected and no byte differed.</summary>
internal sealed record FloodReport(FloodOptions Options, int SessionsCompared, long BytesCompared, int MembershipReads, TimeSpan Took)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Options.Seed,
            Options.Silos,
            SessionsAtOnce = Options.Sessions,
            SessionsCompared,
            BytesCompared,
            MegabytesPerSecond = Math.Round(BytesCompared / Took.TotalSeconds / 1e6, 2),
            MembershipReads,
            FalseSuspicions = 0,
            TookSeconds = Math.Round(Took.TotalSeconds),
        },
        Json);
}
