using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Sessions;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// The agent's side of a session in this activation's memory: which connection speaks for the run, when it was last heard, and
/// the lane of control signals, which nothing else holds up. Signals die with the activation: a Break is never kept for later.
/// </summary>
internal sealed class AgentLink(TimeProvider time)
{
    /// <summary>
    /// Without a lane read for this long the agent counts as unreachable. Reads follow one another at most
    /// <see cref="SessionGrain.LongestWait"/> apart while it is connected.
    /// </summary>
    public static readonly TimeSpan ReachableFor = SessionGrain.LongestWait + TimeSpan.FromSeconds(2);

    /// <summary>Signals that may be under way: more than people can press within their lifetime of 5 seconds.</summary>
    private const int SignalsKept = 64;

    private readonly Queue<(SignalItem Signal, long At)> signals = new();
    private long lastSignal;
    private long lastHandedSignal;
    private long heardAt = time.GetTimestamp();
    private bool heard;

    /// <summary>The connection that speaks for the run, null before one has attached.</summary>
    public string? Connection { get; private set; }

    /// <summary>Sequence of the newest instruction that went to the agent.</summary>
    public long HandedThrough { get; set; }

    public bool IsReachable => heard && Connection is not null && SinceHeard < ReachableFor;

    /// <summary>It is reachable, or was just started or lost and is given time to attach: what it is asked may wait for it.</summary>
    public bool IsAwaited => SinceHeard < ReachableFor;

    /// <summary>Since the agent was heard, or since this activation began.</summary>
    public TimeSpan SinceHeard => time.GetElapsedTime(heardAt);

    public void Attach(string connection)
    {
        Connection = connection;
        Heard();
    }

    /// <summary>Another run begins: nobody speaks for it yet, and its agent is given time to attach.</summary>
    public void Expect() => (Connection, heard, heardAt) = (null, false, time.GetTimestamp());

    public void Heard() => (heard, heardAt) = (true, time.GetTimestamp());

    /// <summary>Signals are under way that the agent has not fetched.</summary>
    public bool HasOpenSignals => signals.Count > 0 && lastHandedSignal < lastSignal;

    /// <summary>Puts a Break (no key) or control key on the lane.</summary>
    /// <param name="cancels">Commands that a Break cancels.</param>
    public void Signal(string id, string? key, string[]? cancels)
    {
        signals.Enqueue((new SignalItem(++lastSignal, id, Limits.ControlSignalLifetime, key, cancels), time.GetTimestamp()));
        if (signals.Count > SignalsKept)
            signals.Dequeue();
    }

    /// <summary>Signals after <paramref name="number"/> that are still in time, each with the rest of its life.</summary>
    public SignalItem[] SignalsAfter(long number)
    {
        SignalItem[] found = [.. signals.Where(item => item.Signal.Number > number && !IsLate(item.At))
            .Select(item => item.Signal with { ValidFor = Limits.ControlSignalLifetime - time.GetElapsedTime(item.At) })];
        if (found.Length > 0)
            lastHandedSignal = Math.Max(lastHandedSignal, found[^1].Number);
        return found;
    }

    /// <summary>Forgets the signals whose time is over; answers those that the agent never fetched.</summary>
    public IReadOnlyList<SignalItem> TakeExpired()
    {
        List<SignalItem> missed = [];
        while (signals.TryPeek(out var oldest) && IsLate(oldest.At))
        {
            signals.Dequeue();
            if (oldest.Signal.Number > lastHandedSignal)
                missed.Add(oldest.Signal);
        }
        return missed;
    }

    private bool IsLate(long at) => time.GetElapsedTime(at) >= Limits.ControlSignalLifetime;
}
