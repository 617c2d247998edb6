using CsCheck;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Sessions;

namespace OrleansKd.Grains.Tests.Sessions;

public sealed class SessionTailTests
{
    [Fact]
    public void Read_WhenAnEntryThatIsNotOutputIsNotDurable_StopsBeforeIt()
    {
        var tail = new SessionTail(0);
        tail.Add(Output(1), default);
        tail.Add(Entry(2, SessionLogEntryKind.CommandStarted), default);
        tail.Add(Output(3), default);

        Assert.Equal([1L], Sequences(tail.Read(0, int.MaxValue)));
        tail.MarkDurable(2);
        Assert.Equal([1L, 2, 3], Sequences(tail.Read(0, int.MaxValue)));
    }

    [Fact]
    public void MarkDurable_WhenTheTailIsFull_DropsOnlyDurableEntries()
    {
        var tail = new SessionTail(0);
        for (var i = 1; i <= 600; i++)
            tail.Add(Output(i, 16_000), default);

        tail.MarkDurable(300);

        Assert.True(tail.StartAfter > 100);
        Assert.Equal(Enumerable.Range(301, 300).Select(i => (long)i), Sequences(tail.Read(300, int.MaxValue)));
        Assert.Empty(tail.Read(tail.StartAfter - 1, int.MaxValue));
    }

    [Fact]
    public void TakePending_WhenAWriteWouldEndWithinWhatARuleRecorded_EndsBeforeIt()
    {
        var tail = new SessionTail(0);
        tail.Add(Output(1, 1_000), default);
        for (var i = 2; i <= 4; i++)
            tail.Add(Entry(i, SessionLogEntryKind.ClientInvited), default);

        Assert.Equal([1L], Sequences(tail.TakePending(1_000 + 2 * SessionLogEntry.OverheadBytes + 10).Entries));
        tail.MarkDurable(1);
        Assert.Equal([2L, 3, 4], Sequences(tail.TakePending(10_000).Entries));
        Assert.Equal([2L], Sequences(tail.TakePending(SessionLogEntry.OverheadBytes).Entries));
    }

    /// <summary>Whatever the order of adding, making durable and reading: a reader by cursor gets every entry once, in order.</summary>
    [Fact]
    public void Read_WhenInterleavedAtRandom_GivesEveryEntryOnce() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[1, 50]).Array[1, 200].Sample(steps =>
        {
            var tail = new SessionTail(7);
            var read = new List<long>();
            var added = 7L;
            foreach (var (step, count) in steps)
            {
                if (step is 0 or 1)
                {
                    for (var i = 0; i < count; i++, added++)
                        tail.Add(added % 5 == 0 ? Entry(added + 1, SessionLogEntryKind.CommandStarted) : Output(added + 1, 100), default);
                }
                else if (step == 2 && tail.HasPending)
                {
                    tail.MarkDurable(tail.TakePending(count * 100).Entries[^1].Sequence);
                }
                else
                {
                    read.AddRange(Sequences(tail.Read(read.Count == 0 ? 7 : read[^1], count * 50)));
                }
            }
            while (tail.HasPending)
                tail.MarkDurable(tail.TakePending(1000).Entries[^1].Sequence);
            for (var page = tail.Read(read.Count == 0 ? 7 : read[^1], 1000); page.Length > 0; page = tail.Read(read[^1], 1000))
                read.AddRange(Sequences(page));
            Assert.Equal(Enumerable.Range(8, (int)(added - 7)).Select(i => (long)i), read);
            Assert.Equal(0, tail.PendingBytes);
        });

    [Fact]
    public void TakePending_WhenOnlyAPartFits_GivesThePositionOfThatPart()
    {
        var tail = new SessionTail(0);
        for (var i = 1; i <= 3; i++)
            tail.Add(Output(i, 100), new RunPosition(1, i * 10));

        var (entries, position) = tail.TakePending(300);

        Assert.Equal([1L, 2], Sequences(entries));
        Assert.Equal(new RunPosition(1, 20), position);
    }

    [Fact]
    public void TryReplaceLast_WhenTheEntryIsOnItsWayToTheLog_Refuses()
    {
        var tail = new SessionTail(0);
        tail.Add(Output(1), default);
        Assert.False(tail.TryReplaceLast(Entry(1, SessionLogEntryKind.Gap), default), "output may have been seen");
        tail.Add(Entry(2, SessionLogEntryKind.Gap), default);
        Assert.True(tail.TryReplaceLast(Entry(2, SessionLogEntryKind.Gap), new RunPosition(1, 9)));

        var (_, position) = tail.TakePending(int.MaxValue);

        Assert.Equal(new RunPosition(1, 9), position);
        Assert.False(tail.TryReplaceLast(Entry(2, SessionLogEntryKind.Gap), default));
        tail.MarkDurable(2);
        Assert.Equal(0, tail.PendingBytes);
        Assert.False(tail.TryReplaceLast(Entry(2, SessionLogEntryKind.Gap), default));
    }

    private static IEnumerable<long> Sequences(SessionLogEntry[] entries) => entries.Select(entry => entry.Sequence);

    private static SessionLogEntry Output(long sequence, int bytes = 10) => new(sequence, 0, SessionLogEntryKind.Output, new byte[bytes]);

    private static SessionLogEntry Entry(long sequence, SessionLogEntryKind kind) => new(sequence, 0, kind, new SessionLogEntryBody().Encode());
}
