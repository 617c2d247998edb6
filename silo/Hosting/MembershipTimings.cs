using Orleans.Configuration;

namespace OrleansKd.Silo.Hosting;

/// <summary>
/// How soon a lost silo is noticed: output of its sessions pauses until then. Orleans' defaults (3 probes of 5 seconds) make it 17
/// seconds; the aim is 6. A probe costs next to nothing; what limits it is a machine so busy that a living silo answers late.
/// <para>
/// Measured on two cores with <c>tests/Chaos</c>: a killed silo was declared dead after 1.5 to 4.7 seconds (26 kills; its port refuses,
/// so no probe has to time out), and nobody was suspected in ten minutes in which three sessions flooded three silos with 3.4 GB,
/// Azurite and the followers beside them, at a load average of 50. What stays at Orleans' defaults is part of that: the last probe before a death goes through
/// another silo, two votes decide where there are two to give, and a silo that is late itself grants the others longer.
/// </para>
/// </summary>
internal static class MembershipTimings
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1.25);
    private const int MissedProbes = 3;

    /// <summary>
    /// How often a silo notes that it lives. Nobody is declared dead for want of a note; but a silo that joins asks everybody who
    /// seems alive, and after the loss of all silos those that start on other addresses wait until the notes are old (twice to three
    /// times this; a minute and more with Orleans' 30 seconds). One small write.
    /// </summary>
    private static readonly TimeSpan AliveNote = TimeSpan.FromSeconds(5);

    /// <summary>How soon an edge learns of new and lost gateways.</summary>
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(5);

    public static void Configure(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = ProbeTimeout;
        options.NumMissedProbesLimit = MissedProbes;
        options.IAmAliveTablePublishTimeout = AliveNote;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
    }

    public static void Configure(GatewayOptions options) => options.GatewayListRefreshPeriod = GatewayRefresh;
}
