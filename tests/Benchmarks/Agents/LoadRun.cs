using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OrleansKd.Agent.Connection;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks.Agents;

/// <summary>One session's debugger, played: what is printed goes up under the same credit as a real agent's output.</summary>
internal sealed class LoadRun : IAsyncDisposable
{
    private readonly Channel<AgentChunk> printed = Channel.CreateBounded<AgentChunk>(Limits.ChunkWindow);
    private readonly Channel<AgentInstruction> commands = Channel.CreateUnbounded<AgentInstruction>();
    private readonly ChunkWindow window = new();
    private readonly CancellationTokenSource ending = new();
    private readonly Task attached;
    private readonly Lock gate = new();
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long number;
    private long durable;

    public LoadRun(AgentLink link, AgentOptions options, string session)
    {
        Session = session;
        attached = AttachAsync(link, new AttachRequest(session, 1, options.Computer, options.Instance, 0));
    }

    public string Session { get; }

    /// <summary>When each chunk was acknowledged as durable: number and time; null: not recorded.</summary>
    public List<(long Through, long At)>? Acknowledgements { get; set; }

    /// <returns>The chunk's number.</returns>
    public async Task<long> PrintAsync(ReadOnlyMemory<byte> data)
    {
        await printed.Writer.WriteAsync(new AgentChunk { Number = ++number, Kind = AgentChunkKind.Output, Data = data });
        return number;
    }

    public async Task<long> PromptAsync()
    {
        await printed.Writer.WriteAsync(new AgentChunk { Number = ++number, Kind = AgentChunkKind.StateChanged, State = DebuggerState.Ready, Text = "(load) " });
        return number;
    }

    /// <summary>Runs the next command that comes down, which takes no time. Not beside other printing.</summary>
    /// <returns>The number of the chunk that says that the prompt is back.</returns>
    public async Task<long> CompletedAsync()
    {
        var command = await commands.Reader.ReadAsync();
        await printed.Writer.WriteAsync(new AgentChunk { Number = ++number, Kind = AgentChunkKind.CommandStarted, CommandId = command.CommandId });
        await printed.Writer.WriteAsync(new AgentChunk { Number = ++number, Kind = AgentChunkKind.CommandCompleted, CommandId = command.CommandId });
        return number;
    }

    /// <summary>Returns when everything up to this chunk is durable.</summary>
    public async Task DurableAsync(long through)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (durable >= through)
                    return;
                wait = moved.Task;
            }
            if (await Task.WhenAny(wait, attached) == attached)
                await attached;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await attached.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
    }

    private async Task AttachAsync(AgentLink link, AttachRequest request)
    {
        await foreach (var down in link.Attach(request, Chunks(ending.Token), ending.Token))
        {
            if (down.Accepted is { } accepted)
                window.Accept(accepted);
            if (down.Durable is { } now)
                Durable(now);
            foreach (var instruction in down.Instructions ?? [])
                commands.Writer.TryWrite(instruction);
        }
        throw new InvalidOperationException($"The server ended the attachment to session {Session}.");
    }

    private void Durable(long through)
    {
        TaskCompletionSource before;
        lock (gate)
        {
            durable = Math.Max(durable, through);
            Acknowledgements?.Add((through, Clock.Now));
            (before, moved) = (moved, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        before.SetResult();
    }

    private async IAsyncEnumerable<AgentChunk> Chunks([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await window.FirstAsync(cancellationToken);
        await foreach (var chunk in printed.Reader.ReadAllAsync(cancellationToken))
        {
            await window.WaitAsync(chunk.Number, cancellationToken);
            yield return chunk;
        }
    }
}
