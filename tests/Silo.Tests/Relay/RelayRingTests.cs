using CsCheck;
using OrleansKd.Contracts;
using OrleansKd.Silo.Relay;

namespace OrleansKd.Silo.Tests.Relay;

public sealed class RelayRingTests
{
    [Fact]
    public void Add_WhenTheRingIsFull_DropsTheOldestAndStaysBounded()
    {
        var ring = new RelayRing();
        for (var i = 1; i <= 2_000; i++)
            ring.Add(Entry(i, 16_000));

        Assert.InRange((ring.Last - ring.StartAfter) * 16_000, 1, RelayRing.LimitBytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.Read(ring.StartAfter - 1, long.MaxValue, 1));
        Assert.Equal(ring.StartAfter + 1, ring.Read(ring.StartAfter, long.MaxValue, 1)[0].Sequence);
    }

    [Fact]
    public void Read_WhenLimitedToTheWatermark_GivesNothingAboveIt()
    {
        var ring = new RelayRing();
        for (var i = 1; i <= 10; i++)
            ring.Add(Entry(i, 10));

        Assert.Equal([5L, 6, 7], ring.Read(4, 7, int.MaxValue).Select(entry => entry.Sequence));
        Assert.Empty(ring.Read(7, 7, int.MaxValue));
        Assert.Empty(ring.Read(12, long.MaxValue, int.MaxValue));
        Assert.Empty(ring.Read(long.MaxValue, long.MaxValue, int.MaxValue));
        Assert.Empty(ring.Read(uint.MaxValue, 7, int.MaxValue));
    }

    /// <summary>Readers at random offsets and paces, while the ring drops and jumps: each gets consecutive entries from where it is.</summary>
    [Fact]
    public void Read_WhenManyReadAtTheirOwnPace_EachSeesConsecutiveEntries() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[1, 400], Gen.Int[1, 60_000]).Array[1, 100].Sample(steps =>
        {
            var ring = new RelayRing();
            var position = 0L;
            foreach (var (step, count, bytes) in steps)
            {
                if (step == 0)
                {
                    for (var i = 0; i < count; i++)
                        ring.Add(Entry(ring.Last + 1, bytes));
                }
                else if (step == 1)
                {
                    position = Math.Max(position, ring.StartAfter);
                    var page = ring.Read(position, long.MaxValue, bytes);
                    Assert.Equal(Enumerable.Range(1, page.Length).Select(i => position + i), page.Select(entry => entry.Sequence));
                    Assert.Equal(page.Length == 0, position == ring.Last);
                    position += page.Length;
                }
                else
                {
                    ring.RestartAfter(ring.Last + count);
                }
            }
        });

    private static TranscriptEntry Entry(long sequence, int bytes) =>
        new() { Sequence = sequence, At = default, Kind = TranscriptEntryKind.Output, Data = new byte[bytes] };
}
