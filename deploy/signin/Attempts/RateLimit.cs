using OrleansKd.SignIn.Hosting;

namespace OrleansKd.SignIn.Attempts;

/// <summary>So many in a window of time for each name; the window begins with the first.</summary>
internal sealed class RateLimit(int permits, TimeSpan window, TimeProvider time)
{
    /// <summary>Names that are counted at once: with fewer, somebody with many addresses could make us forget theirs.</summary>
    private const int Names = 50_000;

    private readonly ExpiringMap<Count> counts = new(Names, window, time);

    /// <summary>Counts one; false when it is one too many.</summary>
    public bool TryTake(string name) => Interlocked.Increment(ref counts.GetOrAdd(name, () => new Count()).Taken) <= permits;

    private sealed class Count
    {
        public int Taken;
    }
}
