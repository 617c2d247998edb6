namespace OrleansKd.Silo.Hosting;

/// <summary>
/// Ends a process whose stop does not end. Orleans waits minutes for a storage that hangs, to note there that this silo is gone; the
/// others notice that by themselves, and whatever was acknowledged is durable, so nothing is lost by going.
/// </summary>
internal sealed partial class StopLimit(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<StopLimit> logger) : IHostedService, IDisposable
{
    /// <summary>Half as long again as the host gives its parts (10 seconds, see <see cref="EdgeHosting"/>).</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private CancellationTokenRegistration stopping;
    private ITimer? timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        stopping = lifetime.ApplicationStopping.Register(() => timer = time.CreateTimer(_ => End(), null, Limit, Timeout.InfiniteTimeSpan));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        stopping.Dispose();
        timer?.Dispose();
    }

    private void End()
    {
        LogOverdue(Limit.TotalSeconds);
        Environment.Exit(1);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The stop has not ended after {Seconds:F0} seconds (does the storage hang?): this process ends now. Nothing that was acknowledged is lost.")]
    private partial void LogOverdue(double seconds);
}
