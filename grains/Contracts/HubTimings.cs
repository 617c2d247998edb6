namespace OrleansKd.Contracts;

/// <summary>When a silent hub connection counts as lost. Both sides of a connection must know the same times.</summary>
public static class HubTimings
{
    /// <summary>The same for viewers, who are many and mostly quiet: each keep-alive wakes a processor on both sides.</summary>
    public static readonly TimeSpan ViewerKeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which a viewer's connection is lost; a connection that breaks, and a program that ends, are noticed at once.</summary>
    public static readonly TimeSpan ViewerSilence = TimeSpan.FromSeconds(30);

    /// <summary>How often either side of an agent's connection says that it is there when it has nothing else to say.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Silence after which a connection of OrleansKd's own programs is lost: three keep-alives, so that an agent that is gone does
    /// not look reachable for long.
    /// </summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);
}
