using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model;

/// <summary>States as people read them.</summary>
internal static class StateText
{
    public static string Of(SessionState state) => state switch
    {
        SessionState.Active => "active",
        SessionState.Closed => "closed",
        SessionState.Terminated => "terminated",
        _ => state.ToString(),
    };

    public static string Of(DebuggerState state) => state switch
    {
        DebuggerState.Starting => "starting",
        DebuggerState.Ready => "ready",
        DebuggerState.Busy => "busy",
        DebuggerState.Running => "running",
        DebuggerState.Offline => "offline",
        DebuggerState.Exited => "exited",
        _ => state.ToString(),
    };
}
