using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OrleansKd.AzureTables.Hosting;
using OrleansKd.Chaos.Cluster;
using OrleansKd.Chaos.Following;
using OrleansKd.Chaos.Printing;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Chaos.Flood;

/// <summary>
/// Sessions that print as fast as they are taken, each with followers, while the membership table is watched: nobody is killed, so
/// every suspicion and every death in it is false.
/// </summary>
internal sealed class FloodRun
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>A session's end comes within this once it has printed everything.</summary>
    private static readonly TimeSpan SessionLimit = TimeSpan.FromMinutes(5);

    private readonly FloodOptions options;
    private readonly ChaosCluster cluster;
    private readonly Action<string> log;
    private readonly long begun = Stopwatch.GetTimestamp();
    private int sessionsCompared;
    private long bytesCompared;
    private int membershipReads;

    private FloodRun(FloodOptions options, ChaosCluster cluster, Action<string> log) => (this.options, this.cluster, this.log) = (options, cluster, log);

    /// <exception cref="Exception">A silo was suspected, or output differed.</exception>
    public static async Task<FloodReport> RunAsync(FloodOptions options, Action<string> log, CancellationToken cancellationToken)
    {
        log($"seed {options.Seed}: {options.Sessions} sessions flood {options.Silos} silos for {options.Length.TotalMinutes:F1} minutes");
        await using var cluster = await ChaosCluster.OpenAsync();
        return await new FloodRun(options, cluster, log).RunAsync(cancellationToken);
    }

    private bool IsOver => Stopwatch.GetElapsedTime(begun) > options.Length;

    private async Task<FloodReport> RunAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < options.Silos; i++)
            await cluster.AddSiloAsync(isEdge: false);
        await Task.WhenAll(cluster.Silos.Select(silo => silo.StartAsync()).Append(cluster.StartEdgeAsync()));
        await cluster.StartAgentAsync();

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(ending.Token);
        var flooding = Task.WhenAll(Enumerable.Range(0, options.Sessions).Select(lane => FloodAsync(lane, ending.Token)));
        await await Task.WhenAny(watching, flooding);
        await ending.CancelAsync();
        await watching;
        await flooding;
        return new FloodReport(options, sessionsCompared, bytesCompared, membershipReads, Stopwatch.GetElapsedTime(begun));
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var membership = new Membership(cluster.Servers.Storage.ConnectionString);
        using var timer = new PeriodicTimer(Look);
        while (!cancellationToken.IsCancellationRequested)
        {
            var rows = await membership.ReadAsync(CancellationToken.None);
            membershipReads++;
            foreach (var row in rows.Where(row => row.Suspecting.Length > 0 || row.Status is not ("Active" or "Joining" or "Created")))
                throw new InvalidDataException($"After {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s: a silo that nobody killed is suspected: {row}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task FloodAsync(int lane, CancellationToken cancellationToken)
    {
        for (var round = 0; !IsOver; round++)
        {
            var seed = (ulong)(uint)options.Seed + ((ulong)lane << 40) + ((ulong)round << 48);
            using var session = await StreamedSession.HostAsync(cluster, seed, bytesPerSecond: 0, options.BytesPerSession, cancellationToken);
            var file = Path.Combine(cluster.Servers.Folder, $"flood-{lane}.out");
            await using var live = RecordedFollower.Live(cluster, session.Id);
            await using var durable = RecordedFollower.Durable(cluster, session.Id, new PrintedCheck(seed), file);
            await session.BeginAsync(cancellationToken);
            await durable.WaitForAsync(one => one.Check!.HasEnded || IsOver, "the end of the stream", SessionLimit, cancellationToken);
            var (_, printed) = await new Reckoning(cluster, session, durable, live, seed).EndAsync(cancellationToken);
            await DeleteAsync(session.Id, cancellationToken);
            sessionsCompared++;
            Interlocked.Add(ref bytesCompared, printed.Bytes);
            log($"lane {lane}, session {round + 1}: {printed.Bytes} bytes compared, checksum {printed.Checksum}, {live.Rewinds} rewinds");
        }
    }

    private async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAzureTableSessionLog(log => log.Connection = new AzureTablesConnection { ConnectionString = cluster.Servers.Storage.ConnectionString });
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<ISessionLog>().Delete(SessionId.Parse(id), cancellationToken);
    }
}
