using System.Runtime.InteropServices;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>
/// The lines of one transcript as a follower tells it. Lines of durable entries stay; those of the few entries above the watermark
/// are kept apart, each with the builder as it was after it, so that they can be settled or taken back one by one. All members may
/// be used on any thread.
/// </summary>
internal sealed class TranscriptModel
{
    private readonly Lock gate = new();
    private readonly LineStore durableLines = new();
    private readonly List<TranscriptLine> newLines = [];
    private readonly CommandBlocks blocks = new();
    private readonly List<TranscriptLine> earlyLines = [];

    /// <summary>Entries above the watermark: what a server accepts at most without having made it durable (4 MB).</summary>
    private readonly List<EarlyEntry> early = [];

    /// <summary>After the last durable entry.</summary>
    private LineBuilder durable = new();
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

    /// <summary>Number of lines that do not change any more; 0 while the end of a long history is shown before the rest.</summary>
    public int SettledCount
    {
        get
        {
            lock (gate)
                return preview is null ? durableLines.Count : 0;
        }
    }

    /// <summary>Only the end of a long history is here yet; when the rest is, every line has another index.</summary>
    public bool IsPreview
    {
        get
        {
            lock (gate)
                return preview is not null;
        }
    }

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
                    TakeBack(last);
                    Position = Math.Min(Position, last);
                    break;
                default:
                    return;
            }
            openLine = Newest.Open;
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

    /// <summary>The command whose output has this line; null when there is none.</summary>
    public CommandBlock? BlockAt(int line) => Block(all => all.At(line));

    /// <summary>The last command that begins before this line.</summary>
    public CommandBlock? BlockBefore(int line) => Block(all => all.Before(line));

    /// <summary>The first command that begins after this line.</summary>
    public CommandBlock? BlockAfter(int line) => Block(all => all.After(line));

    public IReadOnlyList<CommandBlock> Blocks()
    {
        lock (gate)
            return preview is null ? blocks.All() : [];
    }

    private LineBuilder Newest => early.Count == 0 ? durable : early[^1].After;

    private CommandBlock? Block(Func<CommandBlocks, CommandBlock?> find)
    {
        lock (gate)
            return preview is null ? find(blocks) : null;
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
        watermark = Math.Max(watermark, page.DurableThrough);
        Position = Math.Max(Position, page.After + page.Entries.Length);
        if (preview is not null && Position >= preview.Through)
            preview = null;
        SettleEarly();
        foreach (var entry in page.Entries)
        {
            if (entry.Sequence <= watermark && early.Count == 0)
            {
                var command = durable.Append(entry, newLines);
                Settle(entry, command, CollectionsMarshal.AsSpan(newLines));
                newLines.Clear();
            }
            else
            {
                var after = Newest.Copy();
                var before = earlyLines.Count;
                var command = after.Append(entry, earlyLines);
                early.Add(new EarlyEntry(entry, command, earlyLines.Count - before, after));
            }
        }
    }

    /// <summary>What has become durable stays.</summary>
    private void SettleEarly()
    {
        var (count, lines) = (0, 0);
        for (; count < early.Count && early[count].Entry.Sequence <= watermark; count++)
        {
            var (entry, command, itsLines, after) = early[count];
            Settle(entry, command, CollectionsMarshal.AsSpan(earlyLines).Slice(lines, itsLines));
            lines += itsLines;
            durable = after;
        }
        early.RemoveRange(0, count);
        earlyLines.RemoveRange(0, lines);
    }

    private void TakeBack(long last)
    {
        while (early.Count > 0 && early[^1].Entry.Sequence > last)
        {
            earlyLines.RemoveRange(earlyLines.Count - early[^1].Lines, early[^1].Lines);
            early.RemoveAt(early.Count - 1);
        }
    }

    private void Settle(TranscriptEntry entry, EnteredCommand? command, ReadOnlySpan<TranscriptLine> lines)
    {
        foreach (var line in lines)
            durableLines.Add(line);
        if (entry is { Kind: TranscriptEntryKind.CommandStarted, CommandId: { } started } && command is not null)
            blocks.Started(started, command, durableLines.Count - 1);
        else if (entry is { Kind: TranscriptEntryKind.CommandCompleted, CommandId: { } completed })
            blocks.Completed(completed, durableLines.Count);
    }

    /// <param name="Command">That it starts or cancels.</param>
    /// <param name="Lines">How many it ended.</param>
    /// <param name="After">With everything up to it.</param>
    private readonly record struct EarlyEntry(TranscriptEntry Entry, EnteredCommand? Command, int Lines, LineBuilder After);
}
