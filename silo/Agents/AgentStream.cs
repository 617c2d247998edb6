using System.Threading.Channels;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Agents;

/// <summary>
/// One attached run: chunks up, acknowledgements, instructions and control signals down. The two directions don't wait for each
/// other, so that a Break comes down while an upload is held up.
/// </summary>
internal sealed class AgentStream(ISessionGrain session, ClusterWatch cluster, string connection, AttachRequest request)
{
    private static readonly TimeSpan ReadWait = TimeSpan.FromSeconds(4);

    /// <summary>Items on their way down; acknowledgements are few, and nothing else comes in numbers.</summary>
    private const int DownCapacity = 64;

    private readonly Channel<AgentDown> down = Channel.CreateBounded<AgentDown>(DownCapacity);

    /// <param name="signInEnded">The account is another sign-in's: the stream ends normally, and the agent that attaches again is told.</param>
    public async IAsyncEnumerable<AgentDown> RunAsync(IAsyncEnumerable<AgentChunk> chunks, CancellationToken signInEnded, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, signInEnded);
        var both = Task.WhenAll(EndBothAsync(UploadAsync(chunks, ended.Token), ended), EndBothAsync(ReadLaneAsync(ended.Token), ended));
        try
        {
            await foreach (var item in down.Reader.ReadAllAsync(cancellationToken))
                yield return item;
        }
        finally
        {
            await ended.CancelAsync();
            await both.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EndBothAsync(Task direction, CancellationTokenSource ended)
    {
        try
        {
            await direction;
            down.Writer.TryComplete();
        }
        catch (Exception exception)
        {
            down.Writer.TryComplete(exception is OperationCanceledException ? null : exception);
        }
        await ended.CancelAsync();
    }

    private async Task UploadAsync(IAsyncEnumerable<AgentChunk> chunks, CancellationToken cancellationToken)
    {
        await using var source = chunks.GetAsyncEnumerator(cancellationToken);
        var next = source.MoveNextAsync().AsTask();
        while (await next)
        {
            // What has arrived meanwhile goes along in one call.
            var batch = new List<StoredChunk>(Limits.ChunkWindow) { ToStored(source.Current) };
            next = source.MoveNextAsync().AsTask();
            while (batch.Count < Limits.ChunkWindow && next.IsCompletedSuccessfully && await next)
            {
                batch.Add(ToStored(source.Current));
                next = source.MoveNextAsync().AsTask();
            }
            await AppendAsync([.. batch], cancellationToken);
        }
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private async Task AppendAsync(StoredChunk[] batch, CancellationToken cancellationToken)
    {
        var last = batch[^1].Number;
        ChunksAccepted accepted;
        do
        {
            // May be asked again: the session drops chunks that it has.
            accepted = (await GrainCalls.TryAsync(() => cluster.AskAsync(() => session.Append(new AgentChunks(connection, request.Run, batch))))).OrHubException();
            cancellationToken.ThrowIfCancellationRequested();
        }
        while (accepted.Accepted < last);
        await down.Writer.WriteAsync(new AgentDown { Accepted = accepted.Accepted }, cancellationToken);
    }

    private async Task ReadLaneAsync(CancellationToken cancellationToken)
    {
        var cursor = new AgentCursor(connection, request.Run, request.LastInstruction, 0, -1, ReadWait);
        while (true)
        {
            var lane = (await GrainCalls.TryAsync(() => cluster.AskAsync(() => session.ReadAgentLane(cursor)))).OrHubException();
            cancellationToken.ThrowIfCancellationRequested();
            await down.Writer.WriteAsync(new AgentDown
            {
                Durable = lane.Durable,
                Instructions = lane.Instructions.Length == 0 ? null : [.. lane.Instructions.Select(item => new AgentInstruction(item.Sequence, item.Kind, item.CommandId, item.Text, item.Target, item.IsInspect))],
                Signals = lane.Signals.Length == 0 ? null : [.. lane.Signals.Select(item => new ControlSignal(item.Id, request.Run, item.ValidFor, item.Key, item.Cancels))],
                IsTerminated = lane.IsTerminated,
            }, cancellationToken);
            if (lane.RunIsOver)
                return;
            cursor = cursor with
            {
                Instruction = lane.Instructions.Length == 0 ? cursor.Instruction : lane.Instructions[^1].Sequence,
                Signal = lane.Signals.Length == 0 ? cursor.Signal : lane.Signals[^1].Number,
                KnownDurable = lane.Durable,
            };
        }
    }

    private static StoredChunk ToStored(AgentChunk chunk)
    {
        if (chunk.Data.Length > Limits.ChunkBytes)
            throw Problems.Hub(new Refusal(ProblemCodes.InvalidRequest, $"Chunk {chunk.Number} has {chunk.Data.Length} bytes; {Limits.ChunkBytes} is the most."));
        return chunk.Kind is AgentChunkKind.Output
            ? new StoredChunk(chunk.Number, chunk.Kind, chunk.Data, null)
            : new StoredChunk(chunk.Number, chunk.Kind, default, new AgentReport
            {
                Text = chunk.Text,
                CommandId = chunk.CommandId,
                State = chunk.State,
                ExitCode = chunk.ExitCode,
                Signal = chunk.Signal,
                Bytes = chunk.Bytes,
                Key = chunk.Key,
                End = chunk.End,
                Target = chunk.Target,
            });
    }
}
