using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model;

/// <summary>
/// The lines of one transcript as a follower tells it. Durable entries become lines once and for all; the few above the
/// watermark are kept, and their lines are made anew from a copy of the builder whenever the watermark moves or they are
/// taken back. All members may be used on any thread.
/// </summary>
internal sealed class TranscriptModel
{
    private readonly Lock gate = new();
    private readonly List<TranscriptLine> durableLines = [];
    private readonly List<TranscriptLine> earlyLines = [];

    /// <summary>Entries above the watermark: what a server accepts at most without having made it durable (4 MB).</summary>
    private readonly List<TranscriptEntry> early = [];
    private readonly LineBuilder durable = new();
    private LineBuilder? live;
    private long watermark;
    private TranscriptLine? openLine;
    private TranscriptPreview? preview;

    /// <summary>Raised on the thread that applied the update.</summary>
    public event Action? Changed;

    /// <summary>Number of lines; the last one may go on.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return preview?.Lines.Count ?? durableLines.Count + earlyLines.Count + (openLine is null ? 0 : 1);
        }
    }

    /// <summary>Grows with every change; tells whether there is anything to draw.</summary>
    public long Version { get; private set; }

    /// <summary>Sequence of the last entry applied.</summary>
    public long Position { get; private set; }

    /// <summary>Sequence up to which entries were applied and are durable.</summary>
    public long Resume
    {
        get
        {
            lock (gate)
                return Math.Min(Position, watermark);
        }
    }

    /// <summary>
    /// Shows the end of a long history until the follower, which begins at its beginning, has reached it. Nothing happens when it
    /// is there already.
    /// </summary>
    public void Preview(TranscriptPage lastPage)
    {
        lock (gate)
        {
            if (lastPage.After == 0 || Position >= lastPage.After + lastPage.Entries.Length)
                return;
            preview = TranscriptPreview.Of(lastPage);
            Version++;
        }
        Changed?.Invoke();
    }

    public void Apply(TranscriptUpdate update)
    {
        lock (gate)
        {
            switch (update)
            {
                case TranscriptUpdate.Page { Value: var page }:
                    Take(page);
                    break;
                case TranscriptUpdate.Rewound { ToSequence: var last }:
                    early.RemoveAll(entry => entry.Sequence > last);
                    Position = Math.Min(Position, last);
                    MakeEarlyLines();
                    break;
                default:
                    return;
            }
            openLine = (live ?? durable).Open;
            Version++;
        }
        Changed?.Invoke();
    }

    /// <summary>Copies lines from <paramref name="first"/> on; the number that there were.</summary>
    public int CopyLines(int first, Span<TranscriptLine> destination)
    {
        lock (gate)
        {
            var count = 0;
            for (; count < destination.Length && LineAt(first + count) is { } line; count++)
                destination[count] = line;
            return count;
        }
    }

    private TranscriptLine? LineAt(int index)
    {
        if (index < 0)
            return null;
        if (preview is not null)
            return index < preview.Lines.Count ? preview.Lines[index] : null;
        if (index < durableLines.Count)
            return durableLines[index];
        index -= durableLines.Count;
        return index < earlyLines.Count ? earlyLines[index] : index == earlyLines.Count ? openLine : null;
    }

    private void Take(TranscriptPage page)
    {
        var isMoved = page.DurableThrough > watermark;
        watermark = Math.Max(watermark, page.DurableThrough);
        Position = Math.Max(Position, page.After + page.Entries.Length);
        if (preview is not null && Position >= preview.Through)
            preview = null;
        if (isMoved && early.Count > 0)
        {
            var settled = early.TakeWhile(entry => entry.Sequence <= watermark).Count();
            for (var index = 0; index < settled; index++)
                durable.Append(early[index], durableLines);
            early.RemoveRange(0, settled);
            MakeEarlyLines();
        }
        foreach (var entry in page.Entries)
        {
            if (entry.Sequence <= watermark && early.Count == 0)
            {
                live = null;
                durable.Append(entry, durableLines);
                continue;
            }
            live ??= durable.Copy();
            early.Add(entry);
            live.Append(entry, earlyLines);
        }
    }

    private void MakeEarlyLines()
    {
        earlyLines.Clear();
        live = early.Count == 0 ? null : durable.Copy();
        foreach (var entry in early)
            live!.Append(entry, earlyLines);
    }
}
