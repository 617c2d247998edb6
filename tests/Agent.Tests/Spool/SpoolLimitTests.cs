using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Spool;

public sealed class SpoolLimitTests
{
    [Theory]
    [InlineData("2GB", 2L << 30)]
    [InlineData("2 gb", 2L << 30)]
    [InlineData("1.5MB", 3L << 19)]
    [InlineData("1048576", 1L << 20)]
    [InlineData("1024KB", 1L << 20)]
    [InlineData("16TB", 1L << 44)]
    [InlineData("1048575", null)]
    [InlineData("17TB", null)]
    [InlineData("-2GB", null)]
    [InlineData("GB", null)]
    [InlineData("two", null)]
    [InlineData("", null)]
    [InlineData("99999999999999999999999999999999GB", null)]
    public void Text_WhenParsed_IsASizeOrNone(string text, long? bytes) => Assert.Equal(bytes, SpoolLimit.TryParse(text, out var parsed) ? parsed : null);

    [Fact]
    public void Level_WhenASpoolFillsAndEmpties_ChangesOnlyWhenItIsNews()
    {
        var level = new SpoolLevel(1_000);
        (long Bytes, bool IsFull, SpoolState Expected)[] steps =
        [
            (799, false, SpoolState.Normal), (800, false, SpoolState.NearlyFull), (700, false, SpoolState.NearlyFull), (990, true, SpoolState.Holding),
            (950, false, SpoolState.Holding), (900, false, SpoolState.NearlyFull), (601, false, SpoolState.NearlyFull), (600, false, SpoolState.Normal),
            (10, true, SpoolState.Holding), (10, false, SpoolState.Normal),
        ];
        foreach (var (bytes, isFull, expected) in steps)
        {
            var before = level.State;
            Assert.Equal(before != expected, level.Moved(bytes, isFull, SpoolFullAction.Hold));
            Assert.Equal(expected, level.State);
        }
        level.Moved(1_000, isFull: true, SpoolFullAction.Gap);
        Assert.Equal(SpoolState.LeavingOut, level.State);
    }
}
