namespace OrleansKd.Agent.Hosting;

/// <summary>What the server says of this computer's sessions.</summary>
internal enum OpenSessions
{
    /// <summary>It could not be asked: nothing follows from that.</summary>
    Unknown,

    /// <summary>At least one is Active or Closed. A closed one may have no run here, but can be re-opened here.</summary>
    Some,

    None,
}

/// <summary>
/// When an agent that was started by itself may stop by itself: nothing runs, nothing waits to be uploaded, and the server has said several
/// times in a row that no session of this computer is open. Not knowing is never a reason.
/// </summary>
internal sealed class IdleRules(TimeSpan grace, DateTimeOffset startedAt)
{
    /// <summary>One answer may come from a server that is just being told of a session.</summary>
    private const int AgreeingAnswers = 3;

    private DateTimeOffset activeAt = startedAt;
    private int agreeing;

    /// <summary>Something happened, or is about to.</summary>
    public void Active(DateTimeOffset now) => (activeAt, agreeing) = (now, 0);

    /// <summary>True when the agent may stop.</summary>
    public bool MayStop(bool isBusy, OpenSessions open, DateTimeOffset now)
    {
        if (isBusy)
            Active(now);
        else
            agreeing = open == OpenSessions.None ? agreeing + 1 : 0;
        return agreeing >= AgreeingAnswers && now - activeAt >= grace;
    }
}
