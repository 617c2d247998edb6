using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Streams;

/// <summary>An agent of one computer over a real connection, without a debugger: each one that is asked for has started, and prints what a test says.</summary>
internal sealed class PlayedAgent : IAsyncDisposable
{
    private readonly HubConnection connection;
    private readonly string computer;
    private readonly Channel<AgentChunk> printed = Channel.CreateUnbounded<AgentChunk>();
    private readonly string instance = Guid.NewGuid().ToString("N");
    private readonly TaskCompletionSource<long> attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private long number;

    /// <param name="connection">To the agents' hub, started.</param>
    public PlayedAgent(HubConnection connection, string computer)
    {
        (this.connection, this.computer) = (connection, computer);
        Register = new WatchedStream("agent, register", RegisterAsync);
    }

    public WatchedStream Register { get; }

    /// <summary>Null before <see cref="AttachAsync"/>.</summary>
    public WatchedStream? Attach { get; private set; }

    /// <summary>Speaks for the session's run, and goes on where an agent before stood.</summary>
    public async Task AttachAsync(string session)
    {
        Attach = new WatchedStream("agent, attach", (_, stop) => HubStreams.EndAsync(connection, () => AttachAsync(session, stop), stop));
        var first = await Task.WhenAny(attached.Task, Attach.Ended);
        Assert.True(first == attached.Task, "The server does not let the agent attach.");
        number = await attached.Task;
    }

    public void Print(string text) => Say(number => new AgentChunk { Number = number, Kind = AgentChunkKind.Output, Data = Encoding.UTF8.GetBytes(text) });

    public void Prompt() => Say(number => new AgentChunk { Number = number, Kind = AgentChunkKind.StateChanged, State = DebuggerState.Ready, Text = "(played) " });

    /// <summary>The debugger has left as it was asked to, and prints nothing any more.</summary>
    public void Leave()
    {
        Say(number => new AgentChunk { Number = number, Kind = AgentChunkKind.RunExited, End = RunEnd.Left, ExitCode = 0, Text = "left", Target = TargetFate.LetRun });
        printed.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await Register.DisposeAsync();
        if (Attach is { } open)
            await open.DisposeAsync();
        await connection.DisposeAsync();
    }

    private void Say(Func<long, AgentChunk> chunk)
    {
        lock (gate)
            printed.Writer.TryWrite(chunk(++number));
    }

    private Task<string> RegisterAsync(WatchedStream stream, CancellationToken stop) => HubStreams.EndAsync(connection, async () =>
    {
        await foreach (var request in connection.StreamAsync<AgentRequest>(nameof(IAgentHub.Register), new AgentRegistration(computer, instance, ["/usr/bin/played"]), stop))
            await connection.InvokeAsync(nameof(IAgentHub.Answer), new AgentAnswer(request.RequestId, Started: true, null, ThroughServer: false, "gdb", ""), stop);
    }, stop);

    private async Task AttachAsync(string session, CancellationToken stop)
    {
        await foreach (var down in connection.StreamAsync<AgentDown>(nameof(IAgentHub.Attach), new AttachRequest(session, 1, computer, instance, 0), ChunksAsync(stop), stop))
        {
            if (down.Accepted is { } accepted)
                attached.TrySetResult(accepted);
        }
    }

    private async IAsyncEnumerable<AgentChunk> ChunksAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var chunk in printed.Reader.ReadAllAsync(stop))
            yield return chunk;
        // The server says when it has no more to say.
        await Task.Delay(Timeout.InfiniteTimeSpan, stop);
    }
}
