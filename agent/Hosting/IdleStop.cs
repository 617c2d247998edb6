using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.Connection;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Hosting;

/// <summary>Asks the server for this computer's sessions, and stops the agent when <see cref="IdleRules"/> say so.</summary>
internal sealed partial class IdleStop(
    TimeSpan grace, AgentOptions options, AgentRuns runs, SessionsClient sessions, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<IdleStop> logger) : BackgroundService
{
    /// <summary>Unless it is told otherwise: long enough to correct a typing error in the debugger's arguments and host again.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromMinutes(5);

    /// <summary>The list of a user's sessions costs the server little; nobody waits for the end of an idle agent.</summary>
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly IdleRules rules = new(grace, time.GetUtcNow());
    private readonly SemaphoreSlim runEnded = new(0);

    /// <summary>Somebody is about to host here.</summary>
    public void Expect()
    {
        lock (gate)
            rules.Active(time.GetUtcNow());
    }

    public override void Dispose()
    {
        base.Dispose();
        runEnded.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = grace / 5 < LongestInterval ? grace / 5 : LongestInterval;
        runs.Ended = () => runEnded.Release();
        while (!await LookAsync(stoppingToken))
        {
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(Task.Delay(interval, time, pause.Token), runEnded.WaitAsync(pause.Token));
            await pause.CancelAsync();
            stoppingToken.ThrowIfCancellationRequested();
        }
        LogStopping(options.Computer, grace);
        lifetime.StopApplication();
    }

    /// <summary>True when the agent is to stop, and takes no more starts.</summary>
    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var isBusy = runs.IsBusy;
        var open = isBusy ? OpenSessions.Unknown : await AskAsync(cancellationToken);
        lock (gate)
            return rules.MayStop(isBusy || runs.IsBusy, open, time.GetUtcNow()) && runs.TryBeginStop();
    }

    private async Task<OpenSessions> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var all = await sessions.GetSessionsAsync(cancellationToken);
            return all.Any(IsOpenHere) ? OpenSessions.Some : OpenSessions.None;
        }
        catch (ProblemException problem)
        {
            LogUnknown(problem.Message);
            return OpenSessions.Unknown;
        }
    }

    /// <summary>A server that names no computers is an older one: then it may be here.</summary>
    private bool IsOpenHere(SessionSummary session) =>
        session.IsHost && session.State != SessionState.Terminated
        && (string.IsNullOrEmpty(session.Computer) || string.Equals(session.Computer, options.Computer, StringComparison.OrdinalIgnoreCase));

    [LoggerMessage(Level = LogLevel.Information, Message = "No session of '{Computer}' is active or closed, and nothing happened for {Grace}: the agent stops by itself.")]
    private partial void LogStopping(string computer, TimeSpan grace);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Whether a session of this computer is open is not known: {Reason}")]
    private partial void LogUnknown(string reason);
}
