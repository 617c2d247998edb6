using Azure;
using Microsoft.Extensions.Hosting;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>Makes the table before anything else of the host starts.</summary>
internal sealed class SessionLogTableStart(SessionLogTable table) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await table.Reads.CreateIfNotExistsAsync(cancellationToken);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            throw new InvalidOperationException(
                $"The session log's table could not be opened at {table.Reads.Uri}. Check that the storage account answers there and that this program may create and write tables in it.", e);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
