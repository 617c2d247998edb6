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

    /// <summary>Ids remembered so that a repeated request is acted on once.</summary>
    private const int IdsKept = 256;

    private readonly Queue<(SignalItem Signal, long At)> signals = new();
    private readonly Queue<string> ids = new();
    private long lastSignal;
    private long heardAt = time.GetTimestamp();
    private bool heard;

    /// <summary>The connection that speaks for the run, null before one has attached.</summary>
    public string? Connection { get; private set; }

    /// <summary>Sequence of the newest instruction that went to the agent.</summary>
    public long HandedThrough { get; set; }

    public bool IsReachable => heard && Connection is not null && SinceHeard < ReachableFor;

    /// <summary>Since the agent was heard, or since this activation began.</summary>
    public TimeSpan SinceHeard => time.GetElapsedTime(heardAt);

    public void Attach(string connection)
    {
        Connection = connection;
        Heard();
    }

    public void Heard() => (heard, heardAt) = (true, time.GetTimestamp());

    /// <summary>Puts a Break on the lane; false when this id has been there before.</summary>
    public bool TrySignal(string id)
    {
        if (ids.Contains(id))
            return false;
        ids.Enqueue(id);
        if (ids.Count > IdsKept)
            ids.Dequeue();
        signals.Enqueue((new SignalItem(++lastSignal, id, Limits.ControlSignalLifetime), time.GetTimestamp()));
        if (signals.Count > SignalsKept)
            signals.Dequeue();
        return true;
    }

    /// <summary>Signals after <paramref name="number"/> that are still in time, each with the rest of its life.</summary>
    public SignalItem[] SignalsAfter(long number)
    {
        while (signals.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) >= Limits.ControlSignalLifetime)
            signals.Dequeue();
        return [.. signals.Where(item => item.Signal.Number > number)
            .Select(item => item.Signal with { ValidFor = Limits.ControlSignalLifetime - time.GetElapsedTime(item.At) })];
    }
}
