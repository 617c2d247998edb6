namespace OrleansKd.Chaos.Live;

/// <summary>What happens to the processes between the debugger and its viewers.</summary>
internal enum LiveFault
{
    /// <summary>The silo that owns the session is killed.</summary>
    KillOwner,

    /// <summary>It is killed, and whoever takes the session over is killed within seconds.</summary>
    KillOwnerTwice,

    /// <summary>An edge is killed.</summary>
    KillEdge,

    /// <summary>A silo stands still for some seconds. Declared dead meanwhile, it ends by itself.</summary>
    FreezeSilo,

    /// <summary>The storage takes requests and does not answer for some seconds.</summary>
    FreezeStorage,

    /// <summary>Every connection of viewers, agent and people is cut.</summary>
    Cut,
}

/// <param name="For">How long something stands still.</param>
/// <param name="Then">How long nothing more happens.</param>
internal sealed record PlannedFault(LiveFault Fault, int Which, TimeSpan For, TimeSpan Then);

/// <summary>An endless plan of faults from a seed; every kind comes once before any comes again.</summary>
internal static class LivePlan
{
    public static IEnumerable<PlannedFault> From(int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            var round = Enum.GetValues<LiveFault>();
            random.Shuffle(round);
            foreach (var fault in round)
                yield return new PlannedFault(fault, random.Next(), TimeSpan.FromSeconds(1 + (7 * random.NextDouble())), TimeSpan.FromSeconds(0.5 + (3 * random.NextDouble())));
        }
    }
}
