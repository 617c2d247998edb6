namespace OrleansKd.Contracts;

/// <summary>What happens to further output when the agent's spool is full; the host chooses it. JSON: <c>hold</c>, <c>gap</c>.</summary>
public enum SpoolFullAction
{
    /// <summary>The debugger is held, and so the target: nothing is ever left out.</summary>
    Hold,

    /// <summary>Output beyond the limit is left out and counted; neither debugger nor target ever waits.</summary>
    Gap,
}

/// <summary>How full the agent's spool of a run is: output that the server does not have yet.</summary>
public enum SpoolState
{
    /// <summary>There is room.</summary>
    Normal,

    /// <summary>Over 80 % of its limit.</summary>
    NearlyFull,

    /// <summary>At its limit: the debugger waits, and its target with it.</summary>
    Holding,

    /// <summary>At its limit: output is left out and counted.</summary>
    LeavingOut,
}
