using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using OrleansKd.AzureTables.Providers;
using OrleansKd.AzureTables.Tables;

namespace OrleansKd.AzureTables.Reminders;

/// <summary>
/// Reminders with the official provider's rows (<see cref="ReminderRow"/>). Ranges of the ring exclude their begin, include their
/// end, and wrap around; a range that begins where it ends is the whole ring.
/// </summary>
internal sealed partial class AzureReminderTable(
    IOptions<AzureTableReminderStorageOptions> options,
    IOptions<ClusterOptions> cluster,
    TimeProvider time,
    ILogger<AzureReminderTable> logger) : IReminderTable
{
    /// <summary>As messages about its options call it.</summary>
    public const string Provider = "The reminder service";

    private static readonly TimeSpan StartRetry = TimeSpan.FromSeconds(1);

    private readonly TableClient table = options.Value.Open(Provider);
    private readonly string serviceId = cluster.Value.ServiceId;
    private readonly string clusterId = cluster.Value.ClusterId;
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Retried until it succeeds or is cancelled; everything else waits for it.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    await table.CreateIfNotExistsAsync(cancellationToken);
                    started.TrySetResult();
                    return;
                }
                catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
                {
                    LogStartFailed(table.Name, e);
                    await Task.Delay(StartRetry, time, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            started.TrySetCanceled(cancellationToken);
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        started.TrySetCanceled(CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task<ReminderTableData> ReadRows(GrainId grainId)
    {
        var partition = ReminderRow.PartitionKey(serviceId, grainId.GetUniformHashCode());
        // '.' is the character after '-', which ends the grain's id in a row key.
        var first = TableKey.Sanitize($"{grainId}-");
        var end = TableKey.Sanitize($"{grainId}.");
        return Read($"PartitionKey eq {partition} and RowKey gt {first} and RowKey lt {end}");
    }

    public Task<ReminderTableData> ReadRows(uint begin, uint end)
    {
        var from = ReminderRow.PartitionKey(serviceId, begin);
        var to = ReminderRow.PartitionKey(serviceId, end);
        // '`' is the character after '_', which ends the service's id in a partition key.
        var all = TableKey.Sanitize($"{serviceId}_");
        var afterAll = TableKey.Sanitize($"{serviceId}`");
        if (begin < end)
        {
            return Read($"PartitionKey gt {from} and PartitionKey le {to}");
        }

        return begin == end
            ? Read($"PartitionKey gt {all} and PartitionKey lt {afterAll}")
            : Read($"PartitionKey gt {from} and PartitionKey lt {afterAll}", $"PartitionKey gt {all} and PartitionKey le {to}");
    }

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        await started.Task;
        var partition = ReminderRow.PartitionKey(serviceId, grainId.GetUniformHashCode());
        var row = await table.Find(partition, ReminderRow.RowKey(grainId, reminderName), CancellationToken.None);
        return row is null ? null : ReminderRow.ToEntry(row);
    }

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        await started.Task;
        var answer = await table.UpsertEntityAsync(ReminderRow.ToRow(serviceId, clusterId, entry), TableUpdateMode.Merge);
        return answer.Headers.ETag!.Value.ToString();
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        await started.Task;
        var partition = ReminderRow.PartitionKey(serviceId, grainId.GetUniformHashCode());
        try
        {
            // The SDK answers 404 to a deletion without throwing.
            var answer = await table.DeleteEntityAsync(partition, ReminderRow.RowKey(grainId, reminderName), new ETag(eTag));
            return answer.IsError ? throw new RequestFailedException(answer) : true;
        }
        catch (RequestFailedException e) when (e.IsContention())
        {
            return false;
        }
    }

    public async Task TestOnlyClearTable()
    {
        await started.Task;
        List<TableEntity> rows = [];
        await foreach (var row in table.Query($"ServiceId eq {serviceId} and DeploymentId eq {clusterId}", CancellationToken.None))
        {
            rows.Add(row);
        }

        foreach (var partition in rows.GroupBy(row => row.PartitionKey))
        {
            // Unconditional: this empties the table for a test.
            await table.DeleteInBatches(
                partition.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, new ETag("*"))), CancellationToken.None);
        }
    }

    // One query for each range: the service answers "this range or that one" by scanning the whole table.
    private async Task<ReminderTableData> Read(params FormattableString[] filters)
    {
        await started.Task;
        List<ReminderEntry> entries = [];
        foreach (var filter in filters)
        {
            await foreach (var row in table.Query(filter, CancellationToken.None))
            {
                if (Parse(row) is { } entry)
                {
                    entries.Add(entry);
                }
            }
        }

        return new ReminderTableData(entries);
    }

    private ReminderEntry? Parse(TableEntity row)
    {
        try
        {
            return ReminderRow.BelongsTo(row, serviceId) ? ReminderRow.ToEntry(row) : null;
        }
        catch (Exception e) when (e.IsUnreadable())
        {
            // One row that nobody understands must not keep every other reminder from ticking.
            LogUnreadable(row.RowKey, row.PartitionKey, e);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Reminder {RowKey} in partition {PartitionKey} can't be understood and is left out")]
    private partial void LogUnreadable(string rowKey, string partitionKey, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reminder table {Table} could not be opened; trying again in a second")]
    private partial void LogStartFailed(string table, Exception exception);
}
