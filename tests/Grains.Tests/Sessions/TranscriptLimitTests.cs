using CsCheck;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Sessions;
using static OrleansKd.Grains.Tests.Sessions.TestSessions;

namespace OrleansKd.Grains.Tests.Sessions;

public sealed class TranscriptLimitTests
{
    private static readonly TranscriptLimit Limit = new(1_000_000);

    /// <summary>Whatever comes in whatever sizes: the limit holds, and once output was left out no later output is recorded.</summary>
    [Fact]
    public void IsReached_WhenChunksOfAnySizeCome_KeepsTheLimitAndNeverComesBack() =>
        Gen.Int[0, Limits.ChunkBytes].Array[1, 300].Sample(sizes =>
        {
            long held = 0;
            var wasReached = false;
            foreach (var size in sizes)
            {
                if (Limit.IsReached(held))
                {
                    wasReached = true;
                    continue;
                }
                Assert.False(wasReached);
                held += size + SessionLogEntry.OverheadBytes;
                Assert.InRange(held, 0, Limit.Bytes);
            }
        });

    [Theory]
    [InlineData(799_999, 0, false)]
    [InlineData(800_000, 0, true)]
    [InlineData(999_000, 1_000_000, false)]
    [InlineData(999_000, 500_000, true)]
    public void IsToWarn_FromFourFifths_OnceForEachLimit(long held, long warnedOf, bool expected) =>
        Assert.Equal(expected, Limit.IsToWarn(HostedBy(Ann) with { WarnedOfLimit = warnedOf }, held));

    [Fact]
    public void Warning_WhenFolded_IsNotRepeated() =>
        Assert.False(Limit.IsToWarn(HostedBy(Ann).With(new Decision.Record([Limit.Warning(900_000)])), 900_000));

    [Fact]
    public void Validate_WhenTheLimitIsTooSmall_SaysWhatToSet()
    {
        var result = new SessionOptionsValidator().Validate(null, new SessionOptions { TranscriptLimitBytes = 10 });

        Assert.Contains("OrleansKd:Sessions:TranscriptLimitBytes is 10; set it to 1000000 or more.", result.FailureMessage, StringComparison.Ordinal);
    }
}
