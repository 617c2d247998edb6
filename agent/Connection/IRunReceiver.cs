using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>What comes down for a run.</summary>
internal interface IRunReceiver
{
    /// <summary>See <see cref="AttachRequest.LastInstruction"/>.</summary>
    long LastInstruction { get; }

    /// <summary>The run is joined to its session: commands may start.</summary>
    void Attached();

    /// <summary>No command may start until it is attached again.</summary>
    void Detached();

    void Receive(IReadOnlyList<AgentInstruction> instructions);

    void Receive(ControlSignal signal);

    /// <summary>The session is terminated for good.</summary>
    void SessionTerminated();
}
