using Microsoft.Extensions.Options;
using OrleansKd.SignIn.Hosting;

namespace OrleansKd.SignIn.Keys;

/// <summary>Looks after the keys while the program runs.</summary>
internal sealed partial class KeyRotation(KeyRing keys, IOptions<SignInOptions> options, TimeProvider time, ILogger<KeyRotation> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Keys.Look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                keys.Look();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or StartException)
            {
                // The keys in memory are good for a while: a full disk is somebody's to repair.
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The keys could not be looked after; it is tried again")]
    private partial void LogFailed(Exception exception);
}
