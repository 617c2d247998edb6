using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansKd.AzureTables.Hosting;

namespace OrleansKd.Silo.Hosting;

/// <summary>Healthy when every table that this process needs can be read. Found out at most once in <see cref="Fresh"/>, however many ask.</summary>
internal sealed partial class StorageHealthCheck(StorageTables tables, TimeProvider time, ILogger<StorageHealthCheck> logger) : IHealthCheck
{
    /// <summary>Anybody may ask for the health: they must not be able to make this program hammer the storage.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    /// <summary>A look takes milliseconds; whoever asks waits about 5 seconds for an answer.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(3);

    private readonly Lock gate = new();
    private Task<HealthCheckResult>? look;
    private long lookedAt;
    private string? known;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (look is null || (look.IsCompleted && time.GetElapsedTime(lookedAt) > Fresh))
            {
                lookedAt = time.GetTimestamp();
                look = LookAsync();
            }
            return look.WaitAsync(cancellationToken);
        }
    }

    private async Task<HealthCheckResult> LookAsync()
    {
        try
        {
            // Not by the caller's token: one look answers several callers.
            await tables.Look(Within, CancellationToken.None);
        }
        catch (StorageException exception)
        {
            // Once for each kind of trouble, not for each look. The address is for the log only: anybody reads the health.
            if (Interlocked.Exchange(ref known, exception.Message) != exception.Message)
                LogTrouble(exception.Message);
            return HealthCheckResult.Unhealthy(exception.Trouble);
        }
        if (Interlocked.Exchange(ref known, null) is not null)
            LogRecovered();
        return HealthCheckResult.Healthy();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Trouble} This process is unhealthy until then and goes on by itself.")]
    private partial void LogTrouble(string trouble);

    [LoggerMessage(Level = LogLevel.Information, Message = "Every table can be used again")]
    private partial void LogRecovered();
}
