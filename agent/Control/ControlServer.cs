using System.IO.Pipes;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansKd.Agent.Control;

/// <summary>What the control channel reaches.</summary>
internal interface IControlledAgent
{
    AgentStatus Describe();

    /// <summary>Somebody is about to host here.</summary>
    /// <param name="start">What they are about to ask for, when they say so.</param>
    void Expect(LocalStart? start);

    /// <summary>Begins the proper end; later calls do nothing.</summary>
    void Stop();
}

/// <summary>
/// Answers this user's programs on this computer, and nobody else: the socket is 0600 in a folder that is 0700, and the system tells who
/// asks. Whoever runs it holds the place's <see cref="AgentLock"/>, so a socket that is there already was left by an agent that was killed.
/// </summary>
internal sealed partial class ControlServer(AgentPlace place, IControlledAgent agent, ILogger<ControlServer> logger) : BackgroundService
{
    /// <summary>Programs that ask at once; each waits for one line, or for the agent's end.</summary>
    private const int MaxConnections = 16;

    /// <summary>A program that asks writes its line at once.</summary>
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim places = new(MaxConnections);
    private NamedPipeServerStream next = null!;

    /// <summary>Once this is done, the agent can be asked.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        next = Listen();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(place.ControlName, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await places.WaitAsync(stoppingToken);
                var isMine = await ConnectedAsync(stoppingToken);
                var connection = next;
                // There is always one that listens: with the last one, the socket would go.
                next = Listen();
                _ = isMine ? ServeAsync(connection, stoppingToken) : CloseAsync(connection);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The agent ends; whoever waits for that sees the channel close.
        }
        finally
        {
            await next.DisposeAsync();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        next?.Dispose();
    }

    /// <summary>False for somebody else, such as the system's administrator, who got past the file's mode, or is gone again.</summary>
    private async Task<bool> ConnectedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitForConnectionAsync(cancellationToken);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            LogNotAnswered(problem.Message);
            return false;
        }
    }

    private async Task CloseAsync(NamedPipeServerStream connection)
    {
        await connection.DisposeAsync();
        places.Release();
    }

    private NamedPipeServerStream Listen() => new(
        place.ControlName, PipeDirection.InOut, MaxConnections + 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);

    private async Task ServeAsync(NamedPipeServerStream connection, CancellationToken stoppingToken)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            limit.CancelAfter(RequestLimit);
            if (await ControlLine.ReadAsync<ControlRequest>(connection, limit.Token) is not { } request)
                return;
            if (request.Verb == ControlVerb.Expect)
                agent.Expect(request.Start);
            var isStop = request.Verb == ControlVerb.Stop;
            var status = agent.Describe();
            await ControlLine.WriteAsync(connection, isStop ? status with { IsStopping = true } : status, limit.Token);
            if (isStop)
            {
                agent.Stop();
                await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
            }
        }
        catch (Exception problem) when (problem is IOException or JsonException or OperationCanceledException or ObjectDisposedException)
        {
            LogNotAnswered(problem.Message);
        }
        finally
        {
            await CloseAsync(connection);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A program that asked got no answer: {Reason}")]
    private partial void LogNotAnswered(string reason);
}
