using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Lists;

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

    /// <summary>The debugger's state in a list: of a closed session it matters most that its target is stopped (rule F9).</summary>
    public static string OfDebugger(SessionSummary session) => session is { State: SessionState.Closed, TargetIsStopped: true }
        ? "TARGET STOPPED"
        : Of(session.Debugger, session.Spool);

    /// <summary>The debugger's state, or what the agent's spool makes of it.</summary>
    public static string Of(DebuggerState state, SpoolState spool) => spool is SpoolState.Holding ? "holding the target" : Of(state);

    /// <summary>What a full spool means for those who watch; null when nothing.</summary>
    public static string? Warning(SpoolState spool) => spool switch
    {
        SpoolState.NearlyFull => "the agent's spool is nearly full",
        SpoolState.Holding => "HOLDING THE TARGET: the agent's spool is full",
        SpoolState.LeavingOut => "OUTPUT IS LEFT OUT: the agent's spool is full",
        _ => null,
    };

    public static string Of(InvitationState state) => state switch
    {
        InvitationState.Pending => "invited",
        InvitationState.Accepted => "accepted",
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
