using System.Security.Cryptography;
using OrleansKd.Chaos.Kills;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The short form of <c>tests/Chaos kills</c>: another seed each time, which the output names.</summary>
public sealed class KillStory
{
    [Fact]
    public async Task Session_WhenItsSiloIsKilledAtEveryPhase_LosesRepeatsAndReordersNothing()
    {
        var output = TestContext.Current.TestOutputHelper!;

        var report = await KillRun.RunAsync(new KillOptions(Kills: 10, Seed: RandomNumberGenerator.GetInt32(int.MaxValue)), output.WriteLine, TestContext.Current.CancellationToken);

        output.WriteLine(report.ToJson());
        Assert.Equal(10, report.Kills.Count);
        Assert.Equal(Enum.GetValues<KillPhase>(), report.Kills.Select(kill => kill.Kill.Phase).Distinct().Order());
    }
}
