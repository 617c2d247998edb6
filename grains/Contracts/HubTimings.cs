namespace OrleansKd.Contracts;

/// <summary>When a silent hub connection counts as lost. Both sides of a connection must know the same times.</summary>
public static class HubTimings
{
    /// <summary>How often either side says that it is there when it has nothing else to say.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Silence after which a connection of OrleansKd's own programs is lost: three keep-alives, so that an agent that is gone does
    /// not look reachable for long.
    /// </summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);
}
