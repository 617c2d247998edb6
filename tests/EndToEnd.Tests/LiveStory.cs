using System.Security.Cryptography;
using OrleansKd.Chaos.Live;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The short form of <c>tests/Chaos live</c>: another seed each time, which the output names.</summary>
public sealed class LiveStory
{
    [Fact]
    public async Task Followers_WhenProcessesDieAndFreezeAndConnectionsAreCut_EndWithExactlyTheTranscript()
    {
        var output = TestContext.Current.TestOutputHelper!;

        var report = await LiveRun.RunAsync(new LiveOptions(TimeSpan.FromSeconds(20), RandomNumberGenerator.GetInt32(int.MaxValue)), output.WriteLine, TestContext.Current.CancellationToken);

        output.WriteLine(report.ToJson());
        Assert.NotEmpty(report.Faults);
        Assert.True(report.Bytes > 100_000, $"Only {report.Bytes} bytes were printed.");
    }
}
