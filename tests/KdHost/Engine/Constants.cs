namespace OrleansKd.KdHost.Engine;

/// <summary>DEBUG_STATUS_…: what the engine does with its target.</summary>
internal enum ExecutionStatus : uint
{
    NoChange = 0,
    Go = 1,
    GoHandled = 2,
    GoNotHandled = 3,
    StepOver = 4,
    StepInto = 5,
    Break = 6,
    NoDebuggee = 7,
    StepBranch = 8,
    IgnoreEvent = 9,
    RestartRequested = 10,
}

/// <summary>DEBUG_OUTCTL_…: who sees an output.</summary>
internal enum OutputTo : uint
{
    ThisClient = 0,
    AllClients = 1,
    AllOtherClients = 2,
}

/// <summary>DEBUG_END_…</summary>
internal enum SessionEnd : uint
{
    Passive = 0,
    Terminate = 1,
    Detach = 2,
    Reentrant = 3,
    Disconnect = 4,
}
