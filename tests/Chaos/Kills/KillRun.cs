using System.Diagnostics;
using System.Globalization;
using OrleansKd.Chaos.Cluster;
using OrleansKd.Chaos.Following;
using OrleansKd.Chaos.Printing;
using OrleansKd.Chaos.Storage;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Chaos.Kills;

/// <summary>
/// One session that prints without a pause while the silo that owns it is killed again and again, each time at a planned moment of
/// a planned request. Afterwards log, followers and program must agree to the byte.
/// </summary>
internal sealed partial class KillRun : IAsyncDisposable
{
    /// <summary>A request of the planned kind comes within this, or is provoked again.</summary>
    private static readonly TimeSpan HitLimit = TimeSpan.FromSeconds(30);

    /// <summary>Output flows again within this, or the run has failed. The aim is 10 seconds; this is for busy machines.</summary>
    private static readonly TimeSpan FlowLimit = TimeSpan.FromSeconds(60);

    private const int Provocations = 4;

    private readonly KillOptions options;
    private readonly Action<string> log;
    private readonly Random random;
    private readonly ulong seed;
    private readonly ChaosCluster cluster;
    private readonly Membership membership;
    private readonly List<KillRecord> records = [];
    private readonly List<(PlannedKill Kill, string Hit, TimeSpan? Detected, long At)> unresolved = [];
    private StreamedSession session = null!;
    private RecordedFollower live = null!;
    private RecordedFollower durable = null!;
    private EnteredCommands commands = null!;
    private ServerProcess? edge;
    private KillLayout? layout;
    private bool isClosed;

    private KillRun(KillOptions options, ChaosCluster cluster, Action<string> log)
    {
        (this.options, this.cluster, this.log) = (options, cluster, log);
        random = new Random(options.Seed);
        seed = (ulong)(uint)options.Seed;
        membership = new Membership(cluster.Servers.Storage.ConnectionString);
    }

    /// <exception cref="Exception">Something was lost, repeated, out of order, or did not come back; the message names the seed.</exception>
    public static async Task<KillReport> RunAsync(KillOptions options, Action<string> log, CancellationToken cancellationToken)
    {
        log($"seed {options.Seed}: {options.Kills} kills");
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await using var run = new KillRun(options, await ChaosCluster.OpenAsync(), log);
            var outcome = await run.KillAllAsync(cancellationToken);
            return new KillReport(options, run.records, outcome, Stopwatch.GetElapsedTime(begun));
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            throw new InvalidOperationException($"Seed {options.Seed} ({options.Kills} kills, {options.Silos} silos): {problem.Message}", problem);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (live is not null)
            await live.DisposeAsync();
        if (durable is not null)
            await durable.DisposeAsync();
        session?.Dispose();
        await cluster.DisposeAsync();
    }

    private async Task<StreamOutcome> KillAllAsync(CancellationToken cancellationToken)
    {
        var plan = KillPlan.Make(options.Kills, options.Silos, random);
        await BeginAsync(plan[0].Layout, cancellationToken);
        foreach (var kill in plan)
        {
            if (kill.Layout != layout)
                await ChangeLayoutAsync(kill.Layout, cancellationToken);
            await KillAsync(kill, cancellationToken);
        }
        await FlowAsync(cancellationToken);
        await OpenAsync(cancellationToken);
        var (entries, printed) = await new Reckoning(cluster, session, durable, live, seed).EndAsync(cancellationToken);
        var (accepted, ran, cancelled) = await commands.CheckAsync(entries, printed.After);
        return new StreamOutcome(entries.Count, live.Epoch, printed.Lines, printed.Bytes, printed.Checksum, live.Rewinds, accepted, ran, cancelled);
    }

    private async Task BeginAsync(KillLayout first, CancellationToken cancellationToken)
    {
        await StartLayoutAsync(first);
        await cluster.StartAgentAsync();
        session = await StreamedSession.HostAsync(cluster, seed, options.BytesPerSecond, long.MaxValue, cancellationToken);
        commands = new EnteredCommands(session);
        live = RecordedFollower.Live(cluster, session.Id);
        durable = RecordedFollower.Durable(cluster, session.Id, new PrintedCheck(seed), Path.Combine(cluster.Servers.Folder, "durable.out"));
        await session.BeginAsync(cancellationToken);
        await durable.WaitForAsync(one => one.Check!.HasBegun, "the beginning of the stream", FlowLimit, cancellationToken);
    }

    private async Task StartLayoutAsync(KillLayout next)
    {
        layout = next;
        if (next is not KillLayout.OneProcess)
            edge ??= cluster.Servers.LaunchServer("edge", ServerPlace.Anywhere() with { HttpPort = cluster.Edge.Port });
        var silos = next switch { KillLayout.TwoSilos => 2, KillLayout.ThreeSilos => 3, _ => 1 };
        while (cluster.Silos.Count(silo => !silo.IsEdge) < silos && next is not KillLayout.OneProcess)
            await cluster.AddSiloAsync(isEdge: false);
        if (next is KillLayout.OneProcess)
            await cluster.AddSiloAsync(isEdge: true);
        await Task.WhenAll(Idle().Select(silo => silo.StartAsync()));
        if (edge is not null)
            await cluster.Servers.AnswersAsync(edge);
    }

    /// <summary>From one process to several: the old one is asked to stop, and may take its time to hand over.</summary>
    private async Task ChangeLayoutAsync(KillLayout next, CancellationToken cancellationToken)
    {
        await FlowAsync(cancellationToken);
        await OpenAsync(cancellationToken);
        if (layout is KillLayout.OneProcess)
        {
            var whole = cluster.Silos.Single(silo => silo.IsEdge);
            whole.AskToStop();
            var asked = Stopwatch.GetTimestamp();
            await whole.GoneAsync();
            log(string.Create(CultureInfo.InvariantCulture, $"stopped in {Stopwatch.GetElapsedTime(asked).TotalSeconds:F1} s; {next} from here"));
        }
        var epoch = live.Epoch;
        var isNew = layout is KillLayout.OneProcess;
        await StartLayoutAsync(next);
        if (isNew)
            await live.WaitForAsync(one => one.OutputEpoch > epoch, "output in the new layout", FlowLimit, cancellationToken);
    }

    private IEnumerable<ChaosSilo> Idle() => cluster.Silos.Where(silo => !silo.IsRunning && silo.IsEdge == layout is KillLayout.OneProcess);

    private bool IsReplaced => layout is KillLayout.OneProcess or KillLayout.SeparateEdge;

    /// <summary>Sees to it that silos run and output flows; the kills before are told with the time that it took.</summary>
    private async Task FlowAsync(CancellationToken cancellationToken)
    {
        var before = live.OutputEpoch;
        var isDown = cluster.Owner is not { IsRunning: true };
        foreach (var silo in Idle().ToArray())
            silo.Launch();
        if (unresolved.Count > 0)
            await live.WaitForAsync(one => one.EpochsFirstOutputAt > unresolved[^1].At, $"output after kill {unresolved[^1].Kill.Number}", FlowLimit, cancellationToken);
        else if (isDown)
            await live.WaitForAsync(one => one.OutputEpoch > before, "output of the next process", FlowLimit, cancellationToken);
        if (!IsReplaced)
            await AllActiveAsync(cancellationToken);
        foreach (var (kill, hit, detected, at) in unresolved)
        {
            var record = new KillRecord(kill, hit, detected, Stopwatch.GetElapsedTime(at, live.EpochsFirstOutputAt), IsLast: kill == unresolved[^1].Kill);
            records.Add(record);
            log(string.Create(CultureInfo.InvariantCulture,
                $"kill {kill.Number}/{options.Kills} {kill.Phase} ({kill.Layout}): {hit}; {(detected is { } d ? $"declared dead after {d.TotalSeconds:F1} s, " : "")}output again after {record.ResumedAfter.TotalSeconds:F1} s{(record.IsLast ? "" : ", with the kills that followed before it flowed")}"));
        }
        unresolved.Clear();
    }

    /// <summary>A silo that joins while the only other one dies waits for a sign of life from that one: not what is tried here.</summary>
    private async Task AllActiveAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(FlowLimit);
        await membership.ActiveAsync(cluster.Silos.Where(silo => silo.IsRunning).Select(silo => silo.Place.SiloPort), limit.Token);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (isClosed)
            await session.ReopenAsync(cancellationToken);
        isClosed = false;
    }

    private async Task KillAsync(PlannedKill kill, CancellationToken cancellationToken)
    {
        StorageHit? caught = null;
        for (var attempt = 1; caught is null; attempt++)
        {
            if (attempt > Provocations)
                throw new TimeoutException($"Kill {kill.Number}: no {kill.Request} came, although it was provoked {Provocations} times.");
            caught = await ProvokeAsync(kill, cancellationToken);
            if (caught is null)
                log($"kill {kill.Number}: no {kill.Request} came; once more");
        }
        cluster.Arm(null);
        var silo = cluster.Of(caught.Proxy);
        await silo.GoneAsync();
        TimeSpan? detected = null;
        if (!IsReplaced)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(FlowLimit);
            await membership.DeadAsync(silo.Place.SiloPort, limit.Token);
            detected = Stopwatch.GetElapsedTime(silo.KilledAt);
            await live.WaitForAsync(one => one.EpochsFirstOutputAt > silo.KilledAt, "output from a survivor", FlowLimit, cancellationToken);
            silo.MoveAway();
        }
        var status = caught.Status is { } code ? $", {code}" : "";
        unresolved.Add((kill, $"{caught.Request.Kind} {caught.Request.Rows} ({caught.Moment}{status})", detected, silo.KilledAt));
    }
}
