using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using OrleansKd.AzureTables.Providers;
using OrleansKd.AzureTables.Tables;

namespace OrleansKd.AzureTables.GrainStorage;

/// <summary>
/// Grain state in a table with the official provider's rows: partition <c>{ServiceId}_{GrainId}</c>, row = the state's name.
/// Every write but the first is conditional on the ETag that was read; nothing here retries a refused one.
/// </summary>
internal sealed partial class AzureTableGrainStorage(
    string name,
    AzureTableStorageOptions options,
    ClusterOptions cluster,
    IActivatorProvider activators,
    ILogger<AzureTableGrainStorage> logger) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    public static string Provider(string name) => $"Grain storage '{name}'";

    private readonly TableClient table = options.Open(Provider(name));

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe<AzureTableGrainStorage>(options.InitStage, Start);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (partition, row) = Key(stateName, grainId);
        var stored = await table.Find(partition, row, CancellationToken.None);
        var data = stored is null ? null : GrainStateData.Read(stored);
        grainState.ETag = stored?.ETag.ToString()!;
        grainState.RecordExists = data is not null;
        grainState.State = data is null ? New<T>() : options.GrainStorageSerializer.Deserialize<T>(data) ?? New<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = NewRow(stateName, grainId);
        var data = options.GrainStorageSerializer.Serialize(grainState.State);
        if (options.UseStringFormat)
        {
            GrainStateData.WriteText(row, data);
        }
        else
        {
            GrainStateData.WriteBinary(row, data);
        }

        grainState.ETag = await Write(row, grainState.ETag);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = NewRow(stateName, grainId);
        if (!options.DeleteStateOnClear)
        {
            grainState.ETag = await Write(row, grainState.ETag);
        }
        else if (grainState.ETag is { Length: > 0 } etag)
        {
            await Delete(row, etag);
            grainState.ETag = null!;
        }

        grainState.RecordExists = false;
        grainState.State = New<T>();
    }

    private async Task Start(CancellationToken cancellationToken)
    {
        await table.CreateIfNotExistsAsync(cancellationToken);
        LogStarted(name, table.Name);
    }

    private async Task<string> Write(TableEntity row, string? etag)
    {
        try
        {
            var answer = string.IsNullOrEmpty(etag)
                ? await table.AddEntityAsync(row)
                : await table.UpdateEntityAsync(row, new ETag(etag), TableUpdateMode.Replace);
            return answer.Headers.ETag!.Value.ToString();
        }
        catch (RequestFailedException e) when (e.IsContention())
        {
            throw Conflict(row, etag, e);
        }
    }

    private async Task Delete(TableEntity row, string etag)
    {
        try
        {
            // The SDK answers 404 to a deletion without throwing.
            var answer = await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, new ETag(etag));
            if (answer.IsError)
            {
                throw new RequestFailedException(answer);
            }
        }
        catch (RequestFailedException e) when (e.IsContention())
        {
            throw Conflict(row, etag, e);
        }
    }

    private TableStorageUpdateConditionNotSatisfiedException Conflict(TableEntity row, string? etag, RequestFailedException cause) =>
        new(table.Name, row.PartitionKey, row.RowKey, etag, cause);

    private TableEntity NewRow(string stateName, GrainId grainId)
    {
        var (partition, row) = Key(stateName, grainId);
        return new TableEntity(partition, row);
    }

    private (string Partition, string Row) Key(string stateName, GrainId grainId) =>
        (TableKey.Sanitize($"{cluster.ServiceId}_{grainId}"), TableKey.Sanitize(stateName));

    private T New<T>() => activators.GetActivator<T>().Create();

    [LoggerMessage(Level = LogLevel.Information, Message = "Grain storage {Name} uses table {Table}")]
    private partial void LogStarted(string name, string table);
}
