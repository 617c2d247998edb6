using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>
/// Where a follower stands. Invariant: what was told is exactly the entries 1..<see cref="Position"/> of one transcript, and
/// everything at or below <see cref="Durable"/> will never be taken back. Whatever happens to a stream, the next one
/// begins at <see cref="Resume"/>, and what was told above it is dropped when its first page comes.
/// </summary>
internal sealed class FollowPosition(long after, bool durableOnly)
{
    /// <summary>Sequence of the last entry told.</summary>
    public long Position { get; private set; } = after;

    /// <summary>The last watermark told.</summary>
    public long Durable { get; private set; } = after;

    /// <summary>The highest epoch seen.</summary>
    public long Epoch { get; private set; }

    /// <summary>Where to follow from: durable, and told.</summary>
    public long Resume => Math.Min(Position, Durable);

    /// <summary>The first page of a stream was seen; a stream carries one epoch.</summary>
    public bool IsInStream { get; private set; }

    /// <summary>Called before each stream.</summary>
    public void BeginStream() => IsInStream = false;

    /// <summary>
    /// Takes one page. False: the stream can't be trusted (lower or changed epoch, a hole, more than was asked for); end
    /// it and follow again. <paramref name="rewindTo"/> is to be told before <paramref name="news"/>.
    /// </summary>
    public bool TryTake(TranscriptPage page, out long? rewindTo, out TranscriptPage? news)
    {
        (rewindTo, news) = (null, null);
        // What a server sent may be anything that its protocol can say.
        if (page.Epoch < Epoch || page.After < 0 || page.Entries is null)
            return false;
        if (IsInStream && page.Epoch > Epoch)
        {
            Epoch = page.Epoch;
            return false;
        }
        var start = IsInStream ? Position : Resume;
        if (page.After > start || !IsConsecutive(page))
            return false;
        var known = (int)Math.Min(start - page.After, page.Entries.Length);
        var end = page.After + page.Entries.Length;
        var watermark = Math.Max(Durable, page.DurableThrough);
        if (durableOnly && end > watermark)
            return false;
        if (start < Position)
            rewindTo = start;
        Position = Math.Max(start, end);
        (Epoch, Durable, IsInStream) = (page.Epoch, watermark, true);
        news = page with { After = start, Entries = known == 0 ? page.Entries : page.Entries[known..], DurableThrough = watermark };
        return true;
    }

    private static bool IsConsecutive(TranscriptPage page)
    {
        for (var index = 0; index < page.Entries.Length; index++)
        {
            if (page.Entries[index] is not { } entry || entry.Sequence != page.After + 1 + index)
                return false;
        }
        return true;
    }
}
