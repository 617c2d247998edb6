using OrleansKd.Agent.Control;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

internal sealed partial class DebuggerRun
{
    public AgentSession Describe()
    {
        var (state, bytes, _) = spool.Status;
        var hasEnded = debugger.Process.Exited.IsCompleted;
        return new(
            file.SessionId, file.Run, debugger.Kind, hasEnded ? null : debugger.Process.ProcessId, hasEnded ? DebuggerState.Exited : debugger.Process.State,
            debugger.ThroughServer, file.StartedAt, bytes, state);
    }
}
