using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>The last screen of a long history, shown while everything before it is on its way.</summary>
/// <param name="Through">Sequence of its last entry: when the follower has it, the preview has served.</param>
internal sealed record TranscriptPreview(IReadOnlyList<TranscriptLine> Lines, long Through)
{
    public static TranscriptPreview Of(TranscriptPage lastPage)
    {
        List<TranscriptLine> lines = [];
        var builder = new LineBuilder();
        foreach (var entry in lastPage.Entries)
            builder.Append(entry, lines);
        if (builder.Open is { } open)
            lines.Add(open);
        // The first line may have begun before the page.
        if (lines.Count > 1)
            lines.RemoveAt(0);
        var at = lastPage.Entries.Length == 0 ? default : lastPage.Entries[0].At;
        lines.Insert(0, new TranscriptLine($"{LineMarker.Text}Earlier history is on its way…", TranscriptLineKind.Notice, 0, at));
        return new TranscriptPreview(lines, lastPage.After + lastPage.Entries.Length);
    }
}
