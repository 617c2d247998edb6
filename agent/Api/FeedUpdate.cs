using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>What following a feed tells, in order.</summary>
public abstract record FeedUpdate
{
    private FeedUpdate()
    {
    }

    public sealed record Page(FeedPage Value) : FeedUpdate;

    /// <summary>The connection to the server changed; what was told did not.</summary>
    /// <param name="Reason">Why it is not connected.</param>
    public sealed record ConnectionChanged(FollowerState State, string? Reason) : FeedUpdate;
}
