using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>What a follower tells: applied in order, the pages and rewinds always add up to one transcript without holes or repeats.</summary>
public abstract record TranscriptUpdate
{
    private TranscriptUpdate()
    {
    }

    /// <summary>The entries that come next: the first one follows the last one told, or the one rewound to. May be empty when only the watermark moved.</summary>
    public sealed record Page(TranscriptPage Value) : TranscriptUpdate;

    /// <summary>Everything above <paramref name="ToSequence"/> was never made durable, or comes again: drop it.</summary>
    public sealed record Rewound(long ToSequence) : TranscriptUpdate;

    /// <summary>The connection to the server changed; the transcript did not.</summary>
    /// <param name="Reason">Why it is not connected.</param>
    public sealed record ConnectionChanged(FollowerState State, string? Reason) : TranscriptUpdate;
}

/// <summary>State of a follower's connection.</summary>
public enum FollowerState
{
    Connecting,
    Connected,

    /// <summary>Cut; it tries again by itself, for ever.</summary>
    Reconnecting,
}
