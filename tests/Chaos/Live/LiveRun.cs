using System.Diagnostics;
using OrleansKd.Chaos.Cluster;
using OrleansKd.Chaos.Following;
using OrleansKd.Chaos.Printing;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Chaos.Live;

/// <summary>
/// One session that prints all the time, silos, two edges behind a proxy, and three followers that stay: a live one, a durable-only one,
/// one by long polls; others come and go. Faults happen at random moments; at the end everybody has exactly the log.
/// </summary>
internal sealed class LiveRun : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigStop = 19;
    private const int SigCont = 18;

    /// <summary>Silos that froze and died by turns may take several starts until enough agree.</summary>
    private static readonly TimeSpan ResumeLimit = TimeSpan.FromSeconds(90);

    /// <summary>What is left is printed, stored and shown.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly LiveOptions options;
    private readonly ChaosCluster cluster;
    private readonly Action<string> log;
    private readonly ServerPlace[] edgePlaces = [ServerPlace.Anywhere(), ServerPlace.Anywhere()];
    private readonly ServerProcess[] edges;
    private readonly RoundRobinProxy proxy;
    private readonly long begun = Stopwatch.GetTimestamp();
    private readonly List<LiveFault> faults = [];
    private readonly List<TimeSpan> resumed = [];
    private readonly List<(int Number, RecordedFollower Follower)> left = [];
    private int restarts;

    private LiveRun(LiveOptions options, ChaosCluster cluster, Action<string> log)
    {
        (this.options, this.cluster, this.log) = (options, cluster, log);
        edges = new ServerProcess[edgePlaces.Length];
        proxy = RoundRobinProxy.At(cluster.Edge.Port, [.. edgePlaces.Select(place => place.HttpPort)]);
    }

    /// <exception cref="Exception">Somebody has not exactly the log, or nothing went on.</exception>
    public static async Task<LiveReport> RunAsync(LiveOptions options, Action<string> log, CancellationToken cancellationToken)
    {
        log($"seed {options.Seed}: faults for {options.Length.TotalMinutes:F1} minutes, {options.Silos} silos");
        await using var cluster = await ChaosCluster.OpenAsync();
        await using var run = new LiveRun(options, cluster, log);
        return await run.RunAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Thaw();
        foreach (var (_, follower) in left)
            await follower.DisposeAsync();
        await proxy.DisposeAsync();
    }

    private async Task<LiveReport> RunAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < options.Silos; i++)
            await cluster.AddSiloAsync(isEdge: false);
        for (var i = 0; i < edges.Length; i++)
            edges[i] = cluster.Servers.LaunchServer("edge", edgePlaces[i]);
        await Task.WhenAll(cluster.Silos.Select(silo => silo.StartAsync()).Concat(edges.Select(cluster.Servers.AnswersAsync)));
        await cluster.StartAgentAsync();

        var seed = (ulong)(uint)options.Seed;
        using var session = await StreamedSession.HostAsync(cluster, seed, options.BytesPerSecond, long.MaxValue, cancellationToken);
        await using var live = RecordedFollower.Live(cluster, session.Id);
        await using var durable = RecordedFollower.Durable(cluster, session.Id, new PrintedCheck(seed), Path.Combine(cluster.Servers.Folder, "live.out"));
        await using var polled = new PolledFollower(cluster.Client(), session.Id);
        await session.BeginAsync(cancellationToken);
        await live.WaitForAsync(one => one.OutputBytes > 10_000, "output", ResumeLimit, cancellationToken);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var others = Task.WhenAll(KeepAsync(ending.Token), VisitAsync(session.Id, ending.Token));
        await FaultsAsync(live, others, cancellationToken);
        var (entries, printed) = await new Reckoning(cluster, session, durable, live, seed).EndAsync(cancellationToken);
        await ending.CancelAsync();
        await others.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        EntryPrint[] prints = [.. entries.Select(EntryPrint.Of)];
        Reckoning.Compare(prints, await polled.EntriesAsync(prints.Length, EndLimit, cancellationToken), "The follower by long polls");
        foreach (var (number, follower) in left)
            Reckoning.Compare(prints[..(int)Math.Min(follower.DurableThrough, follower.Last)], [.. follower.Entries().Take((int)follower.DurableThrough)], $"Visitor {number}, who left");
        return new LiveReport(options, faults, resumed, prints.Length, printed.Bytes, live.Rewinds, left.Count, restarts, Stopwatch.GetElapsedTime(begun));
    }

    private async Task FaultsAsync(RecordedFollower live, Task others, CancellationToken cancellationToken)
    {
        var first = Stopwatch.GetTimestamp();
        foreach (var planned in LivePlan.From(options.Seed))
        {
            if (Stopwatch.GetElapsedTime(first) > options.Length)
                break;
            log($"{planned.Fault} for {planned.For.TotalSeconds:F1} s, then {planned.Then.TotalSeconds:F1} s");
            await DoAsync(planned, live, cancellationToken);
            faults.Add(planned.Fault);
            await WaitAsync(planned.Then, cancellationToken);
            if (others.IsFaulted)
                await others;
        }
    }

    private async Task DoAsync(PlannedFault planned, RecordedFollower live, CancellationToken cancellationToken)
    {
        var silo = cluster.Silos[planned.Which % cluster.Silos.Count];
        switch (planned.Fault)
        {
            case LiveFault.KillOwner:
            case LiveFault.KillOwnerTwice:
                await KillOwnerAsync(live, planned.Fault is LiveFault.KillOwnerTwice ? planned.For : null, cancellationToken);
                break;
            case LiveFault.KillEdge:
                edges[planned.Which % edges.Length].Run.Signal(SigKill);
                break;
            case LiveFault.FreezeSilo:
                var frozen = silo.Process.Run;
                frozen.Signal(SigStop);
                await WaitAsync(planned.For, cancellationToken);
                frozen.Signal(SigCont);
                break;
            case LiveFault.FreezeStorage:
                cluster.Servers.SignalStorage(SigStop);
                await WaitAsync(planned.For, cancellationToken);
                cluster.Servers.SignalStorage(SigCont);
                break;
            case LiveFault.Cut:
                proxy.Cut();
                break;
        }
    }

    private async Task KillOwnerAsync(RecordedFollower live, TimeSpan? again, CancellationToken cancellationToken)
    {
        var epoch = live.OutputEpoch;
        var killedAt = Stopwatch.GetTimestamp();
        cluster.Owner!.Kill();
        if (again is { } pause)
        {
            await WaitAsync(pause, cancellationToken);
            killedAt = Stopwatch.GetTimestamp();
            epoch = live.OutputEpoch;
            cluster.Owner.Kill();
        }
        await live.WaitForAsync(one => one.OutputEpoch > epoch, "output after its silo was killed", ResumeLimit, cancellationToken);
        resumed.Add(Stopwatch.GetElapsedTime(killedAt, live.EpochsFirstOutputAt));
        log($"output flows again after {resumed[^1].TotalSeconds:F1} s");
    }

    /// <summary>Starts again whatever has ended.</summary>
    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var silo in cluster.Silos.Where(silo => silo.Process.Run.HasExited))
            {
                silo.Launch();
                restarts++;
            }
            for (var i = 0; i < edges.Length; i++)
            {
                if (!edges[i].Run.HasExited)
                    continue;
                edges[i] = cluster.Servers.LaunchServer("edge", edgePlaces[i]);
                restarts++;
            }
        }
    }

    /// <summary>Live followers that come, see everything from the beginning, and leave after some seconds.</summary>
    private async Task VisitAsync(string session, CancellationToken cancellationToken)
    {
        var random = new Random(options.Seed + 1);
        for (var number = 1; !cancellationToken.IsCancellationRequested; number++)
        {
            var follower = RecordedFollower.Live(cluster, session);
            left.Add((number, follower));
            await WaitAsync(TimeSpan.FromSeconds(2 + (10 * random.NextDouble())), cancellationToken);
            await follower.DisposeAsync();
        }
    }

    private void Thaw()
    {
        cluster.Servers.SignalStorage(SigCont);
        foreach (var silo in cluster.Silos.Where(silo => silo.IsRunning))
            silo.Process.Run.Signal(SigCont);
    }

    private static async Task WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync(cancellationToken);
    }
}
