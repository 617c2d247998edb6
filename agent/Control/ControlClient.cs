using System.IO.Pipes;
using System.Text.Json;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Control;

/// <summary>Asks the agent of a place on this computer.</summary>
public static class ControlClient
{
    /// <summary>An agent that runs takes a connection at once.</summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Leaving debuggers takes up to a minute, the last upload a few seconds.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan LockLook = TimeSpan.FromMilliseconds(50);

    /// <summary>Its status; null when no agent runs.</summary>
    /// <exception cref="ProblemException">One runs, and does not answer.</exception>
    public static Task<AgentStatus?> AskAsync(AgentPlace place, ControlVerb verb, CancellationToken cancellationToken) => AskAsync(place, new ControlRequest(verb), cancellationToken);

    /// <summary>The same; the agent is told what its user is about to ask the server for.</summary>
    public static Task<AgentStatus?> ExpectAsync(AgentPlace place, LocalStart start, CancellationToken cancellationToken) =>
        AskAsync(place, new ControlRequest(ControlVerb.Expect, start), cancellationToken);

    private static async Task<AgentStatus?> AskAsync(AgentPlace place, ControlRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(place, cancellationToken);
        return connection is null ? null : await AskAsync(connection, place, request, cancellationToken);
    }

    /// <summary>Has the agent end properly, and waits until it has; null when no agent ran.</summary>
    /// <exception cref="ProblemException">It does not answer, or takes longer than debuggers ever need.</exception>
    public static async Task<AgentStatus?> StopAsync(AgentPlace place, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(place, cancellationToken);
        if (connection is null || await AskAsync(connection, place, new ControlRequest(ControlVerb.Stop), cancellationToken) is not { } status)
            return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopLimit);
        try
        {
            // Nothing more comes: this ends when the channel closes.
            while (await connection.ReadAsync(new byte[1], limit.Token) > 0)
            {
            }
            while (!HasEnded(place))
                await Task.Delay(LockLook, time, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(ProblemCodes.Unavailable, $"The agent (process {status.ProcessId}) is still ending after {StopLimit.TotalSeconds:0} seconds. Its log tells what it waits for: {status.Log}");
        }
        return status;
    }

    private static bool HasEnded(AgentPlace place)
    {
        using var free = AgentLock.TryTake(place);
        return free is not null;
    }

    private static async Task<NamedPipeClientStream?> ConnectAsync(AgentPlace place, CancellationToken cancellationToken)
    {
        // Without the file there is nobody to wait for; one that nobody listens to was left by an agent that was killed.
        if (!OperatingSystem.IsWindows() && !File.Exists(place.ControlName))
            return null;
        var connection = new NamedPipeClientStream(".", place.ControlName, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        try
        {
            await connection.ConnectAsync(ConnectLimit, cancellationToken);
            return connection;
        }
        catch (TimeoutException)
        {
            await connection.DisposeAsync();
            return null;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<AgentStatus?> AskAsync(Stream connection, AgentPlace place, ControlRequest request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            await ControlLine.WriteAsync(connection, request, limit.Token);
            return await ControlLine.ReadAsync<AgentStatus>(connection, limit.Token);
        }
        catch (IOException)
        {
            // It ended just now.
            return null;
        }
        catch (Exception problem) when (problem is JsonException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ProblemException(ProblemCodes.Unavailable, $"The agent for profile '{place.Profile}' at {place.Server} runs on this computer and does not answer. Look at its log: {place.LogFile}", problem);
        }
    }
}
