using System.Text;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>Everything that a run printed and reported, in memory and in order.</summary>
internal sealed class RecordedRun : IRunRecord
{
    private readonly Lock gate = new();
    private readonly List<AgentChunk> chunks = [];

    public IReadOnlyList<AgentChunk> Chunks { get { lock (gate) return [.. chunks]; } }

    public byte[] Bytes => [.. Chunks.SelectMany(chunk => chunk.Data.ToArray())];

    public string Text => Encoding.UTF8.GetString(Bytes);

    public IEnumerable<DebuggerState> States => Chunks.Where(chunk => chunk.Kind == AgentChunkKind.StateChanged).Select(chunk => chunk.State!.Value);

    public void Output(ReadOnlySpan<byte> bytes)
    {
        var data = bytes.ToArray();
        lock (gate)
            chunks.Add(new() { Number = chunks.Count + 1, Kind = AgentChunkKind.Output, Data = data });
    }

    public void Report(AgentChunk report)
    {
        lock (gate)
            chunks.Add(report with { Number = chunks.Count + 1 });
    }

    /// <summary>What was printed between the start and the end of a command.</summary>
    public string OutputOf(string commandId) => Encoding.UTF8.GetString(
    [
        .. Chunks.SkipWhile(chunk => chunk.Kind != AgentChunkKind.CommandStarted || chunk.CommandId != commandId)
            .TakeWhile(chunk => chunk.Kind != AgentChunkKind.CommandCompleted || chunk.CommandId != commandId)
            .SelectMany(chunk => chunk.Data.ToArray()),
    ]);
}
