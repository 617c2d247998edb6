using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;

namespace OrleansKd.Silo.Hosting;

/// <summary>
/// Compares the memory that this process holds with its budget. Invariant: between the two shares nothing changes, so that an edge at its limit
/// does not let people in and send them away in turns. What runs is never ended.
/// </summary>
internal sealed partial class MemoryBudget(IOptionsMonitor<EdgeOptions> options, TimeProvider time, ILogger<MemoryBudget> logger) : BackgroundService
{
    /// <summary>Of the budget: above it newcomers are refused.</summary>
    public const double RefuseAbove = 0.9;

    /// <summary>Of the budget: below it they are taken again.</summary>
    public const double TakeBelow = 0.8;

    /// <summary>What refused clients are told to wait: memory comes back within seconds or not soon at all.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>
    /// While newcomers are refused nothing may allocate, and the collector gives nothing back by itself; a full collection pauses
    /// everything, so not more often than this.
    /// </summary>
    private static readonly TimeSpan CollectEvery = TimeSpan.FromSeconds(10);

    private static readonly Refusal Full = new(ProblemCodes.Unavailable,
        "This server is near its memory limit and takes nobody new for now; what runs goes on. Try again in 10 seconds.");

    private volatile bool isFull;
    private long? collectedAt;

    /// <summary>What newcomers are told, null while they are taken.</summary>
    public Refusal? Refusal => isFull ? Full : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        var budget = options.CurrentValue.BudgetBytes;
        do
        {
            budget = Budget() ?? budget;
            Look(budget);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Null when the settings were changed to something that can't be: then what was before is in force.</summary>
    private long? Budget()
    {
        try
        {
            return options.CurrentValue.BudgetBytes;
        }
        catch (OptionsValidationException exception)
        {
            LogBadSettings(exception.Message);
            return null;
        }
    }

    private void Look(long budget)
    {
        if (!isFull && Environment.WorkingSet > budget * RefuseAbove)
            Collect();
        else if (isFull && collectedAt is { } at && time.GetElapsedTime(at) > CollectEvery)
            Collect();
        var held = Environment.WorkingSet;
        var wasFull = isFull;
        isFull = held > budget * (wasFull ? TakeBelow : RefuseAbove);
        if (isFull && !wasFull)
            LogFull(held >> 20, budget >> 20);
        else if (!isFull && wasFull)
            LogTakesAgain(held >> 20, budget >> 20);
    }

    /// <summary>What is only garbage must not send anybody away.</summary>
    private void Collect()
    {
        if (collectedAt is { } before && time.GetElapsedTime(before) < CollectEvery)
            return;
        collectedAt = time.GetTimestamp();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process holds {Held} MB of its budget of {Budget} MB (OrleansKd:Edge:MemoryBudgetMegabytes): it takes nobody new until it holds less")]
    private partial void LogFull(long held, long budget);

    [LoggerMessage(Level = LogLevel.Information, Message = "This process holds {Held} MB of its budget of {Budget} MB: it takes people again")]
    private partial void LogTakesAgain(long held, long budget);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem} The budget of before stays in force.")]
    private partial void LogBadSettings(string problem);
}

/// <summary>Degraded while newcomers are refused: what runs is served.</summary>
internal sealed class MemoryHealthCheck(MemoryBudget memory) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(memory.Refusal is { } refusal ? HealthCheckResult.Degraded(refusal.Message) : HealthCheckResult.Healthy());
}
