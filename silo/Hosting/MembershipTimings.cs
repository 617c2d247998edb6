using Orleans.Configuration;

namespace OrleansKd.Silo.Hosting;

/// <summary>
/// How soon a lost silo is noticed: output of its sessions pauses until then. Orleans' defaults (3 probes of 5 seconds) make it 17
/// seconds. A probe costs next to nothing; what limits it is a machine so busy that a living silo answers late.
/// </summary>
internal static class MembershipTimings
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1.25);
    private const int MissedProbes = 3;

    /// <summary>How soon an edge learns of new and lost gateways.</summary>
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(5);

    public static void Configure(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = ProbeTimeout;
        options.NumMissedProbesLimit = MissedProbes;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
    }

    public static void Configure(GatewayOptions options) => options.GatewayListRefreshPeriod = GatewayRefresh;
}
