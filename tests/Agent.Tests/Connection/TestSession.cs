using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>The server's side of one run: takes each chunk once, in order; instructions are delivered again until acted on.</summary>
internal sealed class TestSession
{
    private readonly Lock gate = new();
    private readonly List<AgentChunk> chunks = [];
    private readonly List<AgentInstruction> instructions = [];
    private long durable;

    public Channel<AgentDown> Down { get; private set; } = Channel.CreateUnbounded<AgentDown>();

    /// <summary>When false, chunks are taken but not acknowledged.</summary>
    public bool IsAccepting { get; set; } = true;

    /// <summary>When false, acknowledged chunks do not become durable.</summary>
    public bool IsDurable { get; set; } = true;

    public int Repeated { get; private set; }

    public bool IsAttached { get; private set; }

    public IReadOnlyList<AgentChunk> Chunks { get { lock (gate) return [.. chunks]; } }

    public byte[] Bytes => [.. Chunks.SelectMany(chunk => chunk.Data.ToArray())];

    public string Text => Encoding.UTF8.GetString(Bytes);

    public long Instruct(AgentInstructionKind kind, string? commandId = null, string? text = null, TargetFate? target = null)
    {
        lock (gate)
        {
            var instruction = new AgentInstruction(100 + instructions.Count, kind, commandId, text, target);
            instructions.Add(instruction);
            Down.Writer.TryWrite(new() { Instructions = [instruction] });
            return instruction.Sequence;
        }
    }

    /// <summary>Tells the agent that the session is terminated.</summary>
    public void TellTerminated() => Down.Writer.TryWrite(new() { IsTerminated = true });

    public void Signal(string id, int run = 1, string? key = null, double validForSeconds = 5, params string[] cancels) =>
        Down.Writer.TryWrite(new() { Signals = [new(id, run, TimeSpan.FromSeconds(validForSeconds), key, cancels)] });

    /// <summary>Acknowledges what was taken meanwhile.</summary>
    public void Acknowledge()
    {
        lock (gate)
            Down.Writer.TryWrite(new() { Accepted = chunks.Count, Durable = IsDurable ? durable = chunks.Count : null });
    }

    public bool Has(AgentChunkKind kind, string? commandId = null) => Chunks.Any(chunk => chunk.Kind == kind && (commandId is null || chunk.CommandId == commandId));

    public async IAsyncEnumerable<AgentDown> AttachAsync(AttachRequest request, IAsyncEnumerable<AgentChunk> up, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<AgentDown> down;
        lock (gate)
        {
            down = Down = Channel.CreateUnbounded<AgentDown>();
            down.Writer.TryWrite(new()
            {
                Accepted = chunks.Count,
                Durable = durable,
                Instructions = [.. instructions.Where(instruction => instruction.Sequence > request.LastInstruction)],
            });
            IsAttached = true;
        }
        var taking = TakeAsync(up, down, cancellationToken);
        try
        {
            await foreach (var item in down.Reader.ReadAllAsync(cancellationToken))
                yield return item;
        }
        finally
        {
            IsAttached = false;
        }
        await taking;
    }

    private async Task TakeAsync(IAsyncEnumerable<AgentChunk> up, Channel<AgentDown> down, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var chunk in up.WithCancellation(cancellationToken))
                Take(chunk, down);
        }
        catch (Exception problem)
        {
            down.Writer.TryComplete(problem is OperationCanceledException ? null : problem);
        }
    }

    private void Take(AgentChunk chunk, Channel<AgentDown> down)
    {
        lock (gate)
        {
            if (chunk.Number <= chunks.Count)
            {
                Repeated++;
                return;
            }
            if (chunk.Number != chunks.Count + 1)
                throw new HubException(ProblemText.Format(ProblemCodes.OutOfStep, $"Chunk {chunks.Count + 1} is the next one, not {chunk.Number}."));
            chunks.Add(chunk);
            if (IsAccepting)
                down.Writer.TryWrite(new() { Accepted = chunk.Number, Durable = IsDurable ? durable = chunk.Number : null });
        }
    }
}
