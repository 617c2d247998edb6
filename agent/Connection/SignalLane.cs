using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>Decides whether a Break or control key is acted on: once for each id, for its own run, within its time (rule E4).</summary>
internal sealed class SignalLane(int run)
{
    /// <summary>A signal is delivered again only while it is valid: seconds. Nobody sends more than this in them.</summary>
    private const int MaxRemembered = 1024;

    private readonly Lock gate = new();
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Queue<string> seenInOrder = new();

    /// <summary>False when this id was here before: it was acted on, or refused, then.</summary>
    public bool IsNew(ControlSignal signal)
    {
        lock (gate)
        {
            if (!seen.Add(signal.Id))
                return false;
            seenInOrder.Enqueue(signal.Id);
            if (seenInOrder.Count > MaxRemembered)
                seen.Remove(seenInOrder.Dequeue());
        }
        return true;
    }

    /// <summary>Null when it is to be acted on now; else why not.</summary>
    public string? ReasonToRefuse(ControlSignal signal) =>
        signal.Run != run ? $"it is for run {signal.Run}, this is run {run}"
        : signal.ValidFor <= TimeSpan.Zero ? "it came too late"
        : null;
}
