using OrleansKd.Chaos.Storage;

namespace OrleansKd.Chaos.Kills;

/// <summary>What the silo is doing when it is killed.</summary>
internal enum KillPhase
{
    /// <summary>An append is at the storage's door; it never gets in.</summary>
    Append,

    /// <summary>An append is on its way; nobody waits for the answer.</summary>
    InFlight,

    /// <summary>An append is durable; the silo never hears of it.</summary>
    Committed,

    /// <summary>The log is read, by an activation that replays or for a follower that catches up.</summary>
    Read,

    /// <summary>A new activation takes the log's head.</summary>
    TakeOver,

    /// <summary>A step of a compaction.</summary>
    Compaction,

    /// <summary>Between SIGTERM and the end: a write of the drain.</summary>
    Shutdown,
}

/// <summary>Which processes there are.</summary>
internal enum KillLayout
{
    /// <summary>One process, edge and silo; another takes its place.</summary>
    OneProcess,

    /// <summary>An edge that lives on, and one silo; another takes its place.</summary>
    SeparateEdge,

    /// <summary>An edge and two silos: the survivor has to notice by itself.</summary>
    TwoSilos,

    /// <summary>An edge and three silos: both survivors have to agree.</summary>
    ThreeSilos,
}

/// <param name="Number">From 1.</param>
/// <param name="IsAtStart">Hit by the activation in the process that takes the place of the one before.</param>
internal sealed record PlannedKill(int Number, KillLayout Layout, KillPhase Phase, StorageRequestKind Request, TrapMoment Moment, bool IsAtStart);

/// <summary>Spreads kills over layouts, phases and moments, from a seed.</summary>
internal static class KillPlan
{
    /// <summary>A compaction is killed at this many steps, one after the other, before it may end.</summary>
    private static readonly (StorageRequestKind Request, TrapMoment Moment)[] CompactionSteps =
    [
        (StorageRequestKind.Merge, TrapMoment.Arrived),
        (StorageRequestKind.Merge, TrapMoment.Answered),
        (StorageRequestKind.Switch, TrapMoment.Forwarded),
        (StorageRequestKind.Tidy, TrapMoment.Arrived),
        (StorageRequestKind.Merge, TrapMoment.Forwarded),
        (StorageRequestKind.Switch, TrapMoment.Arrived),
        (StorageRequestKind.Switch, TrapMoment.Answered),
        (StorageRequestKind.Tidy, TrapMoment.Forwarded),
        (StorageRequestKind.Merge, TrapMoment.Arrived),
        (StorageRequestKind.Switch, TrapMoment.Answered),
        (StorageRequestKind.Tidy, TrapMoment.Answered),
    ];

    private static readonly KillPhase[] Appending = [KillPhase.Append, KillPhase.InFlight, KillPhase.Committed];

    /// <param name="silos">1: mostly one process; more: only real detection among so many.</param>
    public static IReadOnlyList<PlannedKill> Make(int kills, int silos, Random random)
    {
        if (silos > 1)
        {
            var layout = silos == 2 ? KillLayout.TwoSilos : KillLayout.ThreeSilos;
            return Number([.. Enumerable.Range(0, kills).Select(i => Plain(layout, Appending[i % Appending.Length], random))]);
        }

        // Every phase as often as every other; the rest at random.
        var phases = Enum.GetValues<KillPhase>();
        List<KillPhase> all = [.. Enumerable.Range(0, kills / phases.Length * phases.Length).Select(i => phases[i % phases.Length])];
        while (all.Count < kills)
            all.Add(phases[random.Next(phases.Length)]);

        var two = Math.Max(kills / 15, 2);
        var three = kills / 15;
        var apart = kills / 12;
        List<PlannedKill> several = [.. TakeAppending(all, two, random).Select(phase => Plain(KillLayout.TwoSilos, phase, random))];
        several.AddRange(TakeAppending(all, three, random).Select(phase => Plain(KillLayout.ThreeSilos, phase, random)));
        List<PlannedKill> separate = [];
        for (; separate.Count < apart; all.Remove(separate[^1].Phase))
            separate.Add(Plain(KillLayout.SeparateEdge, PickAny(all, phase => phase is not KillPhase.Compaction, random), random));
        return Number([.. OneProcess(all, random), .. BeginWarm(separate), .. several]);
    }

    private static List<PlannedKill> OneProcess(List<KillPhase> phases, Random random)
    {
        var steps = new Queue<PlannedKill>();
        var compactions = phases.RemoveAll(phase => phase is KillPhase.Compaction);
        for (var i = 0; i < compactions; i++)
        {
            var (request, moment) = CompactionSteps[(i + (compactions < CompactionSteps.Length ? random.Next(CompactionSteps.Length) : 0)) % CompactionSteps.Length];
            steps.Enqueue(new PlannedKill(0, KillLayout.OneProcess, KillPhase.Compaction, request, moment, IsAtStart: false));
        }

        // Steps of one compaction follow one another; compactions stand between other kills.
        var others = phases.Select(phase => Plain(KillLayout.OneProcess, phase, random)).ToArray();
        random.Shuffle(others);
        var plan = BeginWarm([.. others]);
        for (var blocks = (steps.Count + 3) / 4; steps.Count > 0; blocks--)
        {
            // From the end to the beginning, so that what is in place stays there.
            var at = Math.Max(1, plan.Count * blocks / ((compactions + 3) / 4 + 1));
            var size = steps.Count - (blocks - 1) * 4;
            plan.InsertRange(Math.Min(at, plan.Count), steps.Take(size));
            for (var i = 0; i < size; i++)
                steps.Dequeue();
        }
        return plan;
    }

    private static PlannedKill Plain(KillLayout layout, KillPhase phase, Random random)
    {
        var anyMoment = (TrapMoment)random.Next(3);
        return phase switch
        {
            KillPhase.Append => new(0, layout, phase, StorageRequestKind.Append, TrapMoment.Arrived, false),
            KillPhase.InFlight => new(0, layout, phase, StorageRequestKind.Append, TrapMoment.Forwarded, false),
            KillPhase.Committed => new(0, layout, phase, StorageRequestKind.Append, TrapMoment.Answered, false),
            KillPhase.Read => new(0, layout, phase, StorageRequestKind.Read, anyMoment, layout is KillLayout.SeparateEdge || random.Next(2) == 0),
            KillPhase.TakeOver => new(0, layout, phase, StorageRequestKind.TakeOver, anyMoment, true),
            KillPhase.Shutdown => new(0, layout, phase, StorageRequestKind.Append, anyMoment, false),
            _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "Compactions are planned apart."),
        };
    }

    /// <summary>The first kill of a layout needs a silo that runs.</summary>
    private static List<PlannedKill> BeginWarm(List<PlannedKill> kills)
    {
        var warm = kills.FindIndex(kill => !kill.IsAtStart);
        if (warm > 0)
            (kills[0], kills[warm]) = (kills[warm], kills[0]);
        return kills;
    }

    private static IEnumerable<KillPhase> TakeAppending(List<KillPhase> from, int count, Random random)
    {
        for (var i = 0; i < count; i++)
        {
            var phase = PickAny(from, phase => Appending.Contains(phase), random);
            from.Remove(phase);
            yield return phase;
        }
    }

    private static KillPhase PickAny(List<KillPhase> from, Func<KillPhase, bool> isWanted, Random random)
    {
        KillPhase[] wanted = [.. from.Where(isWanted)];
        return wanted[random.Next(wanted.Length)];
    }

    private static IReadOnlyList<PlannedKill> Number(IReadOnlyList<PlannedKill> kills) => [.. kills.Select((kill, index) => kill with { Number = index + 1 })];
}
