namespace OrleansKd.KdHost.Engine;

/// <summary>DEBUG_STATUS_…, as far as it counts here: all others mean that the target runs or steps.</summary>
internal enum ExecutionStatus : uint
{
    /// <summary>The target is stopped; the engine takes commands.</summary>
    Break = 6,

    /// <summary>There is no target: not yet, or not any more.</summary>
    NoDebuggee = 7,
}

/// <summary>DEBUG_OUTCTL_…: who sees an output.</summary>
internal enum OutputTo : uint
{
    AllClients = 1,
    AllOtherClients = 2,
}

/// <summary>DEBUG_END_…</summary>
internal enum SessionEnd : uint
{
    /// <summary>Leaves a server's session without ending it.</summary>
    Disconnect = 4,
}
