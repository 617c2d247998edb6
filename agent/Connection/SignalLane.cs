using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>Decides whether a Break is acted on: once for each id, for its own run, within its time (rule E4).</summary>
internal sealed class SignalLane(int run)
{
    /// <summary>A signal is delivered again only while it is valid: seconds. Nobody sends more than this in them.</summary>
    private const int MaxRemembered = 1024;

    private readonly Lock gate = new();
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Queue<string> seenInOrder = new();

    /// <summary>Null when it is to be acted on now; else why not.</summary>
    public string? ReasonToRefuse(ControlSignal signal)
    {
        if (signal.Run != run)
            return $"it is for run {signal.Run}, this is run {run}";
        lock (gate)
        {
            if (!seen.Add(signal.Id))
                return "it was acted on before";
            seenInOrder.Enqueue(signal.Id);
            if (seenInOrder.Count > MaxRemembered)
                seen.Remove(seenInOrder.Dequeue());
        }
        return signal.ValidFor <= TimeSpan.Zero ? "it came too late" : null;
    }
}
