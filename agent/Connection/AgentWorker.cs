using Microsoft.Extensions.Hosting;

namespace OrleansKd.Agent.Connection;

/// <summary>The agent's life: leftovers, connection, and at its end all debuggers left properly.</summary>
internal sealed class AgentWorker(AgentConnection connection, AgentRuns runs, TimeProvider time) : BackgroundService
{
    /// <summary>How long the stop waits until the server has everything; the next start uploads what is left.</summary>
    private static readonly TimeSpan LastUpload = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var end = new CancellationTokenSource();
        runs.UploadLeftovers(end.Token);
        var connected = connection.RunAsync(end.Token);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            await StopAsync();
        }
        await end.CancelAsync();
        await connected;
        await runs.UploadedAsync();
    }

    private async Task StopAsync()
    {
        await runs.EndAllAsync();
        try
        {
            await runs.UploadedAsync().WaitAsync(LastUpload, time);
        }
        catch (TimeoutException)
        {
            // The spool stays for the next start.
        }
    }
}
