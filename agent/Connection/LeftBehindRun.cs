using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>A run whose debugger is gone, left behind by an earlier agent: only its spool is brought to the server.</summary>
internal sealed class LeftBehindRun(RunFile file, string folder, KeptArguments kept) : IRunReceiver
{
    public long LastInstruction => file.LastInstruction;

    public void Attached() => (file with { WasAttached = true }).Save(folder);

    public void Detached()
    {
    }

    public void Receive(IReadOnlyList<AgentInstruction> instructions)
    {
    }

    public void Receive(ControlSignal signal)
    {
    }

    public void SessionTerminated() => kept.Forget(file.SessionId);
}
