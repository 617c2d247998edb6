using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;

namespace OrleansKd.Silo.Relay;

/// <summary>
/// One follower: whom it belongs to, how far it is, and its credit. At 0 B/s it costs this process one page under way
/// (<c>Limits.PageBytes</c>, twice that as text) for each follow, and for its connection the two send buffers of 64 KB and what the system
/// keeps for the socket; the entries themselves belong to the ring. That is for ever, but it never grows, and the session waits for
/// nobody: a viewer that falls off the ring is read from the tables when it takes something again.
/// </summary>
internal sealed class Viewer(Reader reader, long after, bool durableOnly)
{
    /// <summary>What a page costs beside its entries, so that pages which only move the watermark need credit, too.</summary>
    public const int PageCost = 100;

    private readonly Queue<(long Sequence, int Bytes)> outstanding = new();
    private long outstandingBytes;
    private TaskCompletionSource credit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Reader Reader => reader;

    public bool DurableOnly => durableOnly;

    /// <summary>Everything at or below went to the viewer.</summary>
    public long Position { get; private set; } = after;

    /// <summary>The newest watermark that it was told.</summary>
    public long ToldDurable { get; private set; } = -1;

    /// <summary>When the last page went to it, as a timestamp of the relay's clock; 0 before the first.</summary>
    public long SentAt { get; set; }

    /// <summary>When its right was proved last, as a timestamp of the relay's clock.</summary>
    public long ProvenAt { get; set; }

    /// <summary>Why it is told no more: its right was taken away, or its user watches from another computer.</summary>
    public Refusal? Refusal { get; set; }

    /// <summary>Bytes of pages that went to it and were not acknowledged.</summary>
    public long OutstandingBytes
    {
        get
        {
            lock (outstanding)
                return outstandingBytes;
        }
    }

    /// <param name="bytes">Of the page's entries.</param>
    public void Sent(long through, int bytes, long durableThrough)
    {
        lock (outstanding)
        {
            outstanding.Enqueue((through, bytes + PageCost));
            outstandingBytes += bytes + PageCost;
            (Position, ToldDurable) = (through, durableThrough);
        }
    }

    /// <summary>Returns the credit of the pages up to a sequence. One that was never sent, or sent long ago, returns none.</summary>
    public void Acknowledge(long sequence)
    {
        lock (outstanding)
        {
            if (sequence > Position)
                return;
            while (outstanding.TryPeek(out var page) && page.Sequence <= sequence)
            {
                outstanding.Dequeue();
                outstandingBytes -= page.Bytes;
            }
            credit.TrySetResult();
            credit = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Null when there is credit; else completes with the next acknowledgement.</summary>
    public Task? WaitForCredit(long windowBytes)
    {
        lock (outstanding)
        {
            return outstandingBytes < windowBytes ? null : credit.Task;
        }
    }
}
