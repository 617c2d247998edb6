using OrleansKd.Tui.Model.Transcripts;
using OrleansKd.Tui.Tests.Views;

namespace OrleansKd.Tui.Tests.Model;

/// <summary>Keeping many lines in little memory; nothing runs beside it, because it is the process's that is measured.</summary>
[Collection(nameof(ViewCollection))]
public sealed class LineStoreTests
{
    [Fact]
    public void Lines_ComeBackAsTheyWere()
    {
        var store = new LineStore();
        var random = new Random(7);
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        TranscriptLine[] added =
        [
            .. Enumerable.Range(0, 5_000).Select(index => new TranscriptLine(
                new string((char)('a' + (index % 26)), random.Next(300)) + (index % 7 == 0 ? "漢‹U+202E›🙂" : ""), (TranscriptLineKind)(index % 4), index % 3 - 1, at.AddSeconds(index)) { Tint = (byte)(index % 7) }),
        ];
        foreach (var line in added)
            store.Add(line);
        Assert.Equal(added, Enumerable.Range(0, store.Count).Select(index => store[index]));
        var anywhere = Enumerable.Range(0, 2_000).Select(_ => random.Next(store.Count)).ToList();
        Assert.Equal(anywhere.Select(index => added[index]), anywhere.Select(index => store[index]));
        Assert.Throws<ArgumentOutOfRangeException>(() => store[store.Count]);
    }

    [Fact]
    public void Lines_WhenTheyCanNotBeCompressed_ComeBackAsTheyWere()
    {
        var store = new LineStore();
        var random = new Random(8);
        var added = Enumerable.Range(0, 1_500).Select(_ => new TranscriptLine(
            string.Create(60, random, (text, source) => { foreach (ref var c in text) c = (char)source.Next(' ', '~'); }), TranscriptLineKind.Output, -1, DateTimeOffset.UnixEpoch)).ToList();
        added.AddRange(Enumerable.Repeat(new TranscriptLine("", TranscriptLineKind.Output, -1, DateTimeOffset.UnixEpoch), 1_500));
        foreach (var line in added)
            store.Add(line);
        Assert.Equal(added, Enumerable.Range(0, store.Count).Select(index => store[index]));
    }

    [Fact]
    public void Lines_AMillionOfThem_TakeLessThanTheirText()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var store = new LineStore();
        for (var index = 0; index < 1_000_000; index++)
            store.Add(new TranscriptLine($"flood {index,9}  nt!KiSwapContext+0x{index:x8} called from nt!KeWaitForSingleObject", TranscriptLineKind.Output, -1, DateTimeOffset.UnixEpoch));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 1, 60_000_000);
        Assert.EndsWith("KeWaitForSingleObject", store[999_999].Text, StringComparison.Ordinal);
    }
}
