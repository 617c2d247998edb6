using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Relay;

/// <summary>
/// One follower: whom it belongs to, how far it is, and its credit. A viewer that reads nothing costs this, one page under way
/// and what its connection buffers: at most <c>Limits.FollowWindowBytes</c>.
/// </summary>
internal sealed class Viewer(UserId user, long after, bool durableOnly)
{
    private readonly Queue<(long Sequence, int Bytes)> outstanding = new();
    private long outstandingBytes;
    private TaskCompletionSource credit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public UserId User => user;

    public bool DurableOnly => durableOnly;

    /// <summary>Everything at or below went to the viewer.</summary>
    public long Position { get; private set; } = after;

    /// <summary>The newest watermark that it was told.</summary>
    public long ToldDurable { get; private set; } = -1;

    /// <summary>When its right was proved last, as a timestamp of the relay's clock.</summary>
    public long ProvenAt { get; set; }

    /// <summary>Its right was taken away.</summary>
    public bool IsDenied { get; set; }

    public void Sent(long through, int bytes, long durableThrough)
    {
        lock (outstanding)
        {
            outstanding.Enqueue((through, bytes));
            outstandingBytes += bytes;
        }
        (Position, ToldDurable) = (through, durableThrough);
    }

    /// <summary>Returns credit; a sequence that was never sent returns none beyond what was.</summary>
    public void Acknowledge(long sequence)
    {
        lock (outstanding)
        {
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
