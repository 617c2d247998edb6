using System.Security.Cryptography;
using OrleansKd.Chaos.Flood;
using OrleansKd.EndToEnd.Tests.Infrastructure;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The short form of <c>tests/Chaos flood</c>.</summary>
[Collection(Alone.Name)]
public sealed class FloodStory
{
    [Fact]
    public async Task Silos_WhenSessionsFloodTheMachine_AreNotSuspectedOfBeingDead()
    {
        var output = TestContext.Current.TestOutputHelper!;
        var options = new FloodOptions(TimeSpan.FromSeconds(20), Silos: 3, RandomNumberGenerator.GetInt32(int.MaxValue));

        var report = await FloodRun.RunAsync(options, output.WriteLine, TestContext.Current.CancellationToken);

        output.WriteLine(report.ToJson());
        Assert.True(report.SessionsCompared >= options.Sessions, $"Only {report.SessionsCompared} sessions were compared.");
    }
}
