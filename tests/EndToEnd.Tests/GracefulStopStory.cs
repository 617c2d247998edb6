using System.Diagnostics;
using System.Globalization;
using OrleansKd.Chaos.Cluster;
using OrleansKd.Chaos.Following;
using OrleansKd.Chaos.Printing;
using OrleansKd.EndToEnd.Tests.Infrastructure;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The silo that owns a session is asked to stop: it ends soon, loses nothing, and the session goes on at the other one.</summary>
[Collection(Alone.Name)]
public sealed class GracefulStopStory
{
    private const ulong Seed = 20_260_101;
    private const int BytesPerSecond = 1_000_000;

    /// <summary>Nobody who waits for output holds up a stop.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    /// <summary>With a storage that hangs: the process ends itself after 15 seconds (<c>silo/Hosting/StopLimit.cs</c>); the rest is for a busy machine.</summary>
    private static readonly TimeSpan HungStopLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silo_WhenItOwnsAFloodAndIsAskedToStop_IsGoneSoonAndTheSessionGoesOn()
    {
        await using var cluster = await OpenAsync();
        using var session = await HostAsync(cluster);
        await using var live = RecordedFollower.Live(cluster, session.Id);
        await using var durable = Durable(cluster, session);
        await session.BeginAsync(Cancellation);
        await live.WaitForAsync(one => one.OutputBytes > BytesPerSecond, "a second of output", Patience, Cancellation);

        var took = await StopOwnerAsync(cluster);

        Assert.True(took < StopLimit, $"It took {took.TotalSeconds:F1} s.");
        var (before, printed) = (live.OutputEpoch, live.OutputBytes);
        await live.WaitForAsync(one => one.OutputEpoch >= before && one.OutputBytes > printed + BytesPerSecond, "output from the other silo", Patience, Cancellation);
        await new Reckoning(cluster, session, durable, live, Seed).EndAsync(Cancellation);
    }

    [Fact]
    public async Task Silo_WhenItOwnsAnIdleSessionThatPeopleFollow_IsGoneSoonAndTheSessionGoesOn()
    {
        await using var cluster = await OpenAsync();
        using var session = await HostAsync(cluster);
        await using var live = RecordedFollower.Live(cluster, session.Id);
        await using var durable = Durable(cluster, session);
        await session.ReadyAsync(Cancellation);
        await durable.WaitForAsync(one => one.OutputBytes > 0, "gdb's greeting", Patience, Cancellation);

        var took = await StopOwnerAsync(cluster);

        Assert.True(took < StopLimit, $"It took {took.TotalSeconds:F1} s.");
        await session.BeginAsync(Cancellation);
        await live.WaitForAsync(one => one.OutputBytes > BytesPerSecond, "output from the other silo", Patience, Cancellation);
        await new Reckoning(cluster, session, durable, live, Seed).EndAsync(Cancellation);
    }

    [Fact]
    public async Task Silo_WhenTheStorageHangsWhileItStops_EndsAndKeepsWhatWasAcknowledged()
    {
        await using var cluster = await OpenAsync();
        using var session = await HostAsync(cluster);
        await using var live = RecordedFollower.Live(cluster, session.Id);
        await using var durable = Durable(cluster, session);
        await session.BeginAsync(Cancellation);
        await live.WaitForAsync(one => one.OutputBytes > BytesPerSecond, "a second of output", Patience, Cancellation);
        cluster.Owner!.Proxy.Hold();

        var owner = cluster.Owner!;
        var took = await StopOwnerAsync(cluster);
        owner.Proxy.Release();

        Assert.True(took < HungStopLimit, $"It took {took.TotalSeconds:F1} s.");
        await new Reckoning(cluster, session, durable, live, Seed).EndAsync(Cancellation);
    }

    [Fact]
    public async Task Server_WhenItIsEdgeAndSiloOfAFloodAndIsAskedToStop_IsGoneSoonAndTheNextOneGoesOn()
    {
        await using var cluster = await ChaosCluster.OpenAsync();
        var server = await cluster.AddSiloAsync(isEdge: true);
        await server.StartAsync();
        await cluster.StartAgentAsync();
        using var session = await HostAsync(cluster);
        await using var live = RecordedFollower.Live(cluster, session.Id);
        await using var durable = Durable(cluster, session);
        await session.BeginAsync(Cancellation);

        for (var stop = 0; stop < 3; stop++)
        {
            var printed = live.OutputBytes;
            await live.WaitForAsync(one => one.OutputBytes > printed + BytesPerSecond, "output", Patience, Cancellation);
            var took = await StopOwnerAsync(cluster);
            Assert.True(took < StopLimit, $"Stop {stop + 1} took {took.TotalSeconds:F1} s.");
            server.Launch();
        }
        await new Reckoning(cluster, session, durable, live, Seed).EndAsync(Cancellation);
    }

    private static async Task<ChaosCluster> OpenAsync()
    {
        var cluster = await ChaosCluster.OpenAsync();
        try
        {
            ChaosSilo[] silos = [await cluster.AddSiloAsync(isEdge: false), await cluster.AddSiloAsync(isEdge: false)];
            await Task.WhenAll([.. silos.Select(silo => silo.StartAsync()), cluster.StartEdgeAsync()]);
            await cluster.StartAgentAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private static Task<StreamedSession> HostAsync(ChaosCluster cluster) => StreamedSession.HostAsync(cluster, Seed, BytesPerSecond, long.MaxValue, Cancellation);

    private static RecordedFollower Durable(ChaosCluster cluster, StreamedSession session) =>
        RecordedFollower.Durable(cluster, session.Id, new PrintedCheck(Seed), Path.Combine(cluster.Servers.Folder, "durable.out"));

    private static async Task<TimeSpan> StopOwnerAsync(ChaosCluster cluster)
    {
        var owner = cluster.Owner!;
        var asked = Stopwatch.GetTimestamp();
        owner.AskToStop();
        var result = await owner.GoneAsync();
        var took = Stopwatch.GetElapsedTime(asked);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"gone after {took.TotalSeconds:F1} s with code {result.ExitCode}"));
        if (took > StopLimit)
            TestContext.Current.TestOutputHelper?.WriteLine(result.Out[^Math.Min(result.Out.Length, 6000)..]);
        return took;
    }
}
