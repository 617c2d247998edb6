using OpenIddict.Abstractions;

namespace OrleansKd.SignIn.Store;

/// <summary>Removes tokens and sign-ins that have ended, twice a day: they are refused by their dates in any case.</summary>
internal sealed partial class Pruning(IServiceProvider services, TimeProvider time, ILogger<Pruning> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(12);

    /// <summary>Young ones stay: a used refresh token that comes again must be known as used.</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromDays(14);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = services.CreateAsyncScope();
                var before = time.GetUtcNow() - Keep;
                await scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>().PruneAsync(before, stoppingToken);
                await scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>().PruneAsync(before, stoppingToken);
            }
            catch (Exception exception) when (exception is System.Data.Common.DbException or AggregateException or InvalidOperationException)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What has ended could not be removed; it is tried again in some hours")]
    private partial void LogFailed(Exception exception);
}
