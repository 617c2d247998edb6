namespace OrleansKd.Tui.Tests.Server;

/// <summary>Time in which every wait is over at once: for waits whose length does not matter to a test.</summary>
public sealed class ImmediateTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, TimeSpan.Zero, period);
}
