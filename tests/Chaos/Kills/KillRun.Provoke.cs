using OrleansKd.Agent.Api;
using OrleansKd.Chaos.Storage;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Chaos.Kills;

/// <summary>How each kind of request is brought about.</summary>
internal sealed partial class KillRun
{
    /// <summary>A command is entered with about every third append that is hit: it is the append, and its answer is lost.</summary>
    private const int CommandEvery = 3;

    /// <summary>Appends that pass before, so that kills stand at different distances from a start.</summary>
    private const int MostSkipped = 30;

    /// <summary>A compaction that a new activation goes on with comes to its end within this, or is not worth its while.</summary>
    private static readonly TimeSpan CompactionLimit = TimeSpan.FromSeconds(15);

    /// <summary>One attempt; null when no such request came in time.</summary>
    private async Task<StorageHit?> ProvokeAsync(PlannedKill kill, CancellationToken cancellationToken) => kill.Phase switch
    {
        KillPhase.Compaction => await CompactAsync(kill, cancellationToken),
        KillPhase.Shutdown => await ShutDownAsync(kill, cancellationToken),
        KillPhase.Read or KillPhase.TakeOver when kill.IsAtStart => await StartAsync(kill, cancellationToken),
        KillPhase.Read => await ReadAsync(kill, cancellationToken),
        _ => await AppendAsync(kill, cancellationToken),
    };

    private StorageTrap TrapFor(PlannedKill kill, int skip = 0)
    {
        var trap = new StorageTrap((proxy, request) => request.Kind == kill.Request && (kill.IsAtStart || cluster.Of(proxy) == cluster.Owner), kill.Moment, skip);
        cluster.Arm(trap);
        return trap;
    }

    private static async Task<StorageHit?> HitAsync(StorageTrap trap, CancellationToken cancellationToken)
    {
        try
        {
            return await trap.Hit.WaitAsync(HitLimit, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task<StorageHit?> AppendAsync(PlannedKill kill, CancellationToken cancellationToken)
    {
        await FlowAsync(cancellationToken);
        await OpenAsync(cancellationToken);
        // One that is accepted and waits through all kills; and sometimes one whose answer dies with the silo.
        await commands.EnterAsync(cancellationToken);
        var withCommand = random.Next(CommandEvery) == 0;
        var trap = TrapFor(kill, withCommand ? 0 : random.Next(MostSkipped));
        if (withCommand)
            _ = commands.EnterAsync(cancellationToken);
        return await HitAsync(trap, cancellationToken);
    }

    /// <summary>The next process is hit by what its activation does first. What runs is stopped before: a new one must start.</summary>
    private async Task<StorageHit?> StartAsync(PlannedKill kill, CancellationToken cancellationToken)
    {
        if (cluster.Owner is { IsRunning: true } running)
        {
            running.AskToStop();
            await running.GoneAsync();
        }
        var trap = TrapFor(kill);
        var epoch = live.Epoch;
        foreach (var silo in Idle().ToArray())
            silo.Launch();
        // Output of a new activation: what it does first is over, and the request was not among it (nothing to replay, say).
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var flowing = live.WaitForAsync(one => one.OutputEpoch > epoch, "output of a new activation", HitLimit, enough.Token);
        await Task.WhenAny(trap.Hit, kill.Phase is KillPhase.Compaction ? Task.Delay(CompactionLimit, cancellationToken) : flowing);
        await enough.CancelAsync();
        await flowing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cluster.Arm(null);
        return trap.Hit.IsCompleted ? await trap.Hit : null;
    }

    /// <summary>Somebody reads the transcript from its beginning.</summary>
    private async Task<StorageHit?> ReadAsync(PlannedKill kill, CancellationToken cancellationToken)
    {
        await FlowAsync(cancellationToken);
        await OpenAsync(cancellationToken);
        var trap = TrapFor(kill);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Task.Run(
            async () =>
            {
                for (var after = 0L; !enough.IsCancellationRequested && !trap.Hit.IsCompleted;)
                    after = await session.Client.GetTranscriptAsync(session.Id, after, TimeSpan.Zero, enough.Token) is { Entries: [.., var last] } ? last.Sequence : 0;
            },
            CancellationToken.None);
        var caught = await HitAsync(trap, cancellationToken);
        await enough.CancelAsync();
        try
        {
            await reading;
        }
        catch (Exception cut) when (cut is ProblemException or OperationCanceledException)
        {
            // The silo that was asked is dead.
        }
        return caught;
    }

    /// <summary>Closing a session compacts its log; an activation of a closed session goes on with it.</summary>
    private async Task<StorageHit?> CompactAsync(PlannedKill kill, CancellationToken cancellationToken)
    {
        // Where one kill of a compaction follows another, the process that starts now goes on with it.
        if (isClosed && cluster.Owner is not { IsRunning: true })
            return await StartAsync(kill, cancellationToken);
        await FlowAsync(cancellationToken);
        await OpenAsync(cancellationToken);
        await GrowAsync(cancellationToken);
        var trap = TrapFor(kill);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        isClosed = true;
        var closing = session.CloseAsync(enough.Token);
        var caught = await HitAsync(trap, cancellationToken);
        await enough.CancelAsync();
        await ((Task)closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return caught;
    }

    /// <summary>A log of rows that are half full is not compacted: waits until enough small ones came since the last time.</summary>
    private Task GrowAsync(CancellationToken cancellationToken) => live.WaitForAsync(
        one => cluster.AppendsSinceSwitch > MostSkipped + (one.OutputBytes * 5 / 4 / SessionLogLimits.AppendBytes), "enough rows to compact", FlowLimit, cancellationToken);

    /// <summary>
    /// Asks the owner to stop while a write waits for the storage, so that its drain has something to write, and kills it at that
    /// write or at the one after it.
    /// </summary>
    private async Task<StorageHit?> ShutDownAsync(PlannedKill kill, CancellationToken cancellationToken)
    {
        await FlowAsync(cancellationToken);
        await OpenAsync(cancellationToken);
        var owner = cluster.Owner!;
        var waiting = new StorageTrap((_, request) => request.Kind is StorageRequestKind.Append, TrapMoment.Held);
        cluster.Arm(waiting);
        if (await HitAsync(waiting, cancellationToken) is null)
            return null;
        owner.AskToStop();
        await owner.Process.Run.WaitForAsync(text => text.Contains("Application is shutting down", StringComparison.Ordinal), "the shutdown's beginning");
        var trap = TrapFor(kill, random.Next(2));
        owner.Proxy.Release();
        var gone = owner.Process.Run.EndAsync();
        await Task.WhenAny(trap.Hit, gone).WaitAsync(HitLimit, cancellationToken);
        if (trap.Hit.IsCompleted)
            return await trap.Hit;
        // It had nothing more to write.
        cluster.Arm(null);
        await owner.GoneAsync();
        return null;
    }
}
