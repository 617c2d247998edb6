using System.Diagnostics;
using System.Globalization;
using OrleansKd.Chaos.Cluster;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>All silos are lost at once, and the next ones start on other addresses, as containers do.</summary>
public sealed class ClusterLossStory
{
    /// <summary>Notes of the dead are old after 10 to 15 seconds (<c>silo/Hosting/MembershipTimings.cs</c>); a start takes a few.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Silo_WhenAllWereKilledAndItHasAnotherAddress_Serves()
    {
        await using var cluster = await ChaosCluster.OpenAsync();
        var silo = await cluster.AddSiloAsync(isEdge: true);
        await silo.StartAsync();
        silo.Kill();
        await silo.GoneAsync();
        silo.MoveAway();

        var begun = Stopwatch.GetTimestamp();
        await silo.StartAsync();

        var took = Stopwatch.GetElapsedTime(begun);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"serves after {took.TotalSeconds:F1} s"));
        Assert.True(took < Limit, $"It took {took.TotalSeconds:F1} s.");
    }
}
