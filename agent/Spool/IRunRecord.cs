using OrleansKd.Contracts;

namespace OrleansKd.Agent.Spool;

/// <summary>Takes what one run of a debugger prints and does, in order.</summary>
internal interface IRunRecord
{
    /// <summary>Keeps output. Blocks while the record is at its limit; nothing is ever dropped silently.</summary>
    void Output(ReadOnlySpan<byte> bytes);

    /// <summary>Keeps a report behind the output that came before it; never blocks on the limit. Its number is given here.</summary>
    void Report(AgentChunk report);
}
