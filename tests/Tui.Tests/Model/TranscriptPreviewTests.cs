using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Tests.Model;

public sealed class TranscriptPreviewTests
{
    [Fact]
    public void Preview_WhenTheHistoryIsLong_ShowsItsEndUntilTheFollowerIsThere()
    {
        var transcript = new TranscriptModel();
        var history = Enumerable.Range(1, 10).Select(i => Output(i, $"line {i}\nhalf of ")).ToArray();

        transcript.Preview(new TranscriptPage(0, 7, history[7..], 10));
        var before = Lines(transcript);
        transcript.Apply(new TranscriptUpdate.Page(new TranscriptPage(1, 0, history[..5], 10)));
        var meanwhile = Lines(transcript);
        transcript.Apply(new TranscriptUpdate.Page(new TranscriptPage(1, 5, history[5..], 10)));

        Assert.Contains("Earlier history is on its way", before[0], StringComparison.Ordinal);
        Assert.Equal(["half of line 9", "half of line 10", "half of "], before[1..]);
        Assert.Equal(before, meanwhile);
        Assert.Equal(["line 1", "half of line 2"], Lines(transcript)[..2]);
        Assert.Equal(11, transcript.Count);
    }

    [Fact]
    public void Preview_WhenEverythingIsThereAlready_ChangesNothing()
    {
        var transcript = new TranscriptModel();
        transcript.Apply(new TranscriptUpdate.Page(new TranscriptPage(1, 0, [Output(1, "a\n"), Output(2, "b\n")], 2)));

        transcript.Preview(new TranscriptPage(0, 1, [Output(2, "b\n")], 2));

        Assert.Equal(["a", "b"], Lines(transcript));
    }

    private static TranscriptEntry Output(long sequence, string text) =>
        new() { Sequence = sequence, At = DateTimeOffset.UnixEpoch, Kind = TranscriptEntryKind.Output, Data = Encoding.UTF8.GetBytes(text) };

    private static string[] Lines(TranscriptModel transcript)
    {
        var lines = new TranscriptLine[transcript.Count];
        transcript.CopyLines(0, lines);
        return [.. lines.Select(line => line.Text)];
    }
}
