using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Connection;

/// <summary>Keeps the agent connected and registered, for ever, and has its start requests answered.</summary>
internal sealed partial class AgentConnection(AgentOptions options, AllowedDebuggers allowed, AgentRuns runs, CurrentLink links, TimeProvider time, ILogger<AgentConnection> logger)
{
    /// <summary>Another agent took this computer's name: two that take it from each other in turn help nobody.</summary>
    private static readonly TimeSpan ReplacedPause = TimeSpan.FromSeconds(30);

    private readonly ReconnectPace backoff = ReconnectPace.Seeded();

    /// <summary>A registration that is refused is refused by then.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    private volatile ConnectionStatus status = new(null, "not connected yet");

    /// <summary>Called each time the agent is connected.</summary>
    public Action? Connected { get; set; }

    public ConnectionStatus Status => status;

    /// <summary>Returns when it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var link = await AgentLink.ConnectAsync(options, cancellationToken);
                links.Set(link);
                try
                {
                    await RegisterAsync(link, cancellationToken);
                }
                finally
                {
                    links.Clear();
                    status = new(null, "the connection ended");
                }
            }
            catch (Exception problem) when (problem is not OutOfMemoryException)
            {
                if (cancellationToken.IsCancellationRequested)
                    return;
                status = new(null, problem.Message);
                LogNotConnected(options.Server, problem.Message);
            }
            if (!cancellationToken.IsCancellationRequested)
                await backoff.PauseAsync(time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Registers again and again until the connection ends.</summary>
    private async Task RegisterAsync(AgentLink link, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, link.Closed);
        var connectedAt = time.GetUtcNow();
        status = new(connectedAt, null);
        Connected?.Invoke();
        _ = ForgetTerminatedAsync(link);
        while (!either.IsCancellationRequested)
        {
            using var settled = time.CreateTimer(_ => SetRegistered(connectedAt, link), null, Settled, Timeout.InfiniteTimeSpan);
            try
            {
                var requests = link.Register(new(options.Computer, options.Instance, [.. allowed.Paths]), either.Token);
                await foreach (var request in requests)
                {
                    backoff.Succeeded();
                    SetRegistered(connectedAt, link);
                    _ = AnswerAsync(link, request, cancellationToken);
                }
            }
            catch (HubException refused)
            {
                settled.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                var isKnown = ProblemText.TryParse(refused.Message, out var code, out var reason);
                status = new(null, isKnown ? reason : refused.Message);
                LogRegistrationEnded(options.Computer, refused.Message);
                if (isKnown && code == ProblemCodes.OutOfStep)
                    await Task.Delay(ReplacedPause, time, either.Token);
            }
            await backoff.PauseAsync(time, either.Token);
        }
    }

    private async Task ForgetTerminatedAsync(AgentLink link)
    {
        try
        {
            await runs.ForgetTerminatedAsync(link);
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            LogNotForgotten(problem.Message);
        }
    }

    private async Task AnswerAsync(AgentLink link, AgentRequest request, CancellationToken cancellationToken)
    {
        using var start = runs.BeginStart();
        try
        {
            if (request.ValidFor > TimeSpan.Zero)
                await link.Answer(await runs.StartAsync(request, cancellationToken));
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            LogNotAnswered(problem, request.SessionId);
        }
    }

    private void SetRegistered(DateTimeOffset connectedAt, AgentLink link)
    {
        if (!link.Closed.IsCancellationRequested)
            status = new(connectedAt, null);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not connected to {Server}: {Reason} Trying again.")]
    private partial void LogNotConnected(Uri server, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registration of computer '{Computer}' ended: {Reason} Trying again.")]
    private partial void LogRegistrationEnded(string computer, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Which sessions are terminated could not be asked: {Reason} It is asked again at the next connection.")]
    private partial void LogNotForgotten(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The request to start a debugger for session {Session} could not be answered.")]
    private partial void LogNotAnswered(Exception problem, string session);
}

/// <param name="Since">When it was connected; null: it is not.</param>
/// <param name="Problem">Why it is not.</param>
internal sealed record ConnectionStatus(DateTimeOffset? Since, string? Problem);
