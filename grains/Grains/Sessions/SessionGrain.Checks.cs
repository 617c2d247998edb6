using OrleansKd.Contracts;

namespace OrleansKd.Grains.Sessions;

/// <summary>
/// What has to be looked at again after a while: the agent's silence, people who have gone, and what failed and is to be tried again. One timer, set for the
/// moment when something can be due, so that thousands of quiet sessions cost next to nothing.
/// </summary>
internal sealed partial class SessionGrain
{
    private static readonly TimeSpan FirstCheck = TimeSpan.FromSeconds(2);

    /// <summary>While something waits to be tried again.</summary>
    private static readonly TimeSpan RetryCheck = TimeSpan.FromSeconds(2);

    /// <summary>When nothing can be due: what was not thought of is noticed all the same.</summary>
    private static readonly TimeSpan IdleCheck = TimeSpan.FromMinutes(1);

    private IGrainTimer? checking;

    /// <summary>
    /// Since the agent was last heard: it may have been there until the end of the wait that began then, and only after that it counts as
    /// unreachable.
    /// </summary>
    private static readonly TimeSpan AgentLostAfter = LongestWait + Limits.AgentUnreachable;

    private async Task Check()
    {
        if (durable.IsDeleted)
            return;
        try
        {
            CompactWhenDue();
            NoticeLostAgent();
            NoticeMissedSignals();
            NoticeQuitWithoutEffect();
            NoticeGone();
            TellListsWhenDue();
            await TellWhenDue();
        }
        finally
        {
            CheckAgain();
        }
    }

    /// <summary>Sets the timer anew, because something may be due earlier than it says.</summary>
    private void CheckAgain() => checking?.Change(UntilNextCheck(), Timeout.InfiniteTimeSpan);

    private TimeSpan UntilNextCheck()
    {
        var next = UntilNextWork();
        if (LifecycleRules.QuitHasNoEffectAt(session) - Now is { } left && left < next)
            next = left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
        if (UntilTellingLists is { } untilTelling && untilTelling < next)
            next = untilTelling > TimeSpan.Zero ? untilTelling + TimeSpan.FromMilliseconds(1) : TimeSpan.FromMilliseconds(1);
        var gone = UntilSomebodyIsGone();
        return gone >= next ? next : gone > TimeSpan.Zero ? gone + TimeSpan.FromMilliseconds(100) : RetryCheck;
    }

    private TimeSpan UntilNextWork()
    {
        if (compactionIsDue && durable.State is not SessionState.Active)
            return RetryCheck;
        if (UntilTelling is { } untilTelling)
            return untilTelling;
        if (agent.HasOpenSignals)
            return Limits.ControlSignalLifetime;
        if (writer is null || session.RunIsOver || session.Debugger is DebuggerState.Offline)
            return IdleCheck;
        var left = AgentLostAfter - agent.SinceHeard;
        return left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(100) : RetryCheck;
    }

    private void NoticeMissedSignals()
    {
        if (writer is not null && agent.TakeExpired() is { Count: > 0 } missed)
            Record([.. missed.Select(signal => SessionRules.AfterSignalExpired(signal.Key))], position);
    }

    private void NoticeQuitWithoutEffect()
    {
        if (writer is not null && LifecycleRules.AfterQuitHadNoEffect(session, Now) is { Length: > 0 } found)
            Record(found, position);
    }

    private void NoticeLostAgent()
    {
        if (writer is null || session.RunIsOver || session.Debugger is DebuggerState.Offline || agent.SinceHeard <= AgentLostAfter)
            return;
        LogAgentLost(Id, agent.SinceHeard.TotalSeconds);
        Record(SessionRules.AfterAgentLost(session, agent.HandedThrough), position);
    }
}
