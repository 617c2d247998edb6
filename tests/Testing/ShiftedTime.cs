namespace OrleansKd.Testing;

/// <summary>The real time, some time later: what somebody would otherwise have to wait for is over at once. Timers run as ever.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private long shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref shift));

    public void Advance(TimeSpan by) => Interlocked.Add(ref shift, by.Ticks);
}
