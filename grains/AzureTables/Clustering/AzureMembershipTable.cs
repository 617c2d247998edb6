using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Storage;
using OrleansKd.AzureTables.Tables;

namespace OrleansKd.AzureTables.Clustering;

/// <summary>
/// The cluster's membership in one partition (its key is the cluster's id), with the official provider's rows: a version row with
/// its fences (<see cref="VersionRow"/>) and a row for each silo (<see cref="MembershipRow"/>).
/// </summary>
internal sealed partial class AzureMembershipTable(
    IOptions<AzureStorageClusteringOptions> options, IOptions<ClusterOptions> cluster, ILogger<AzureMembershipTable> logger) : IMembershipTable
{
    /// <summary>As messages about its options call it.</summary>
    public const string Provider = "Clustering";

    /// <summary>A table that changes under every one of so many reads is not stable enough to be joined.</summary>
    private const int ReadAttempts = 6;

    private readonly TableClient table = options.Value.Open(Provider);
    private readonly string clusterId = cluster.Value.ClusterId;

    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        await table.CreateIfNotExistsAsync();
        if (!tryInitTableVersion || await table.Find(clusterId, VersionRow.RowKey, CancellationToken.None) is not null)
        {
            return;
        }

        if (await Submit(VersionRow.First(clusterId)))
        {
            LogCreated(clusterId, table.Name);
        }
    }

    public async Task<MembershipTableData> ReadRow(SiloAddress key)
    {
        var rowKey = MembershipRow.RowKey(key);
        List<TableEntity> rows = [];
        await foreach (var row in table.Query(
            $"PartitionKey eq {clusterId} and (RowKey eq {rowKey} or RowKey eq {VersionRow.RowKey})", CancellationToken.None))
        {
            rows.Add(row);
        }

        return ToData(rows);
    }

    public async Task<MembershipTableData> ReadAll()
    {
        for (var attempt = 1; attempt <= ReadAttempts; attempt++)
        {
            List<TableEntity> rows = [];
            var pages = 0;
            await foreach (var page in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {clusterId}"), PageRows).AsPages())
            {
                pages += page.Values.Count > 0 ? 1 : 0;
                rows.AddRange(page.Values);
            }

            if (pages <= 1 || IsOneState(rows))
            {
                return ToData(rows);
            }

            LogTornRead(clusterId, attempt);
        }

        throw new InconsistentStateException($"Cluster {clusterId}'s membership table {table.Name} changed during each of {ReadAttempts} reads.");
    }

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => Submit(
        VersionRow.Move(clusterId, tableVersion)
            .Prepend(new TableTransactionAction(TableTransactionActionType.Add, MembershipRow.ToRow(clusterId, entry))));

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => Submit(
        VersionRow.Move(clusterId, tableVersion)
            .Prepend(new TableTransactionAction(TableTransactionActionType.UpdateReplace, MembershipRow.ToRow(clusterId, entry), new ETag(etag))));

    // Unconditional: only the silo itself writes this, whatever others write beside it, and it is no change of membership.
    public Task UpdateIAmAlive(MembershipEntry entry) =>
        table.UpdateEntityAsync(MembershipRow.ToAliveRow(clusterId, entry), new ETag("*"), TableUpdateMode.Merge);

    public async Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate)
    {
        List<TableTransactionAction> deletions = [];
        await foreach (var row in table.Query(
            $"PartitionKey eq {clusterId} and Status ne {nameof(SiloStatus.Active)} and Timestamp lt {beforeDate}", CancellationToken.None))
        {
            if (!VersionRow.IsVersionOrFence(row))
            {
                deletions.Add(new TableTransactionAction(TableTransactionActionType.Delete, row, row.ETag));
            }
        }

        await table.DeleteInBatches(deletions, CancellationToken.None);
    }

    public async Task DeleteMembershipTableEntries(string clusterId)
    {
        List<TableTransactionAction> deletions = [];
        await foreach (var row in table.Query($"PartitionKey eq {clusterId}", CancellationToken.None))
        {
            // Unconditional: whatever was written since, the cluster is to be forgotten.
            deletions.Add(new TableTransactionAction(TableTransactionActionType.Delete, row, new ETag("*")));
        }

        await table.DeleteInBatches(deletions, CancellationToken.None);
    }

    /// <summary>Rows of one page: the service's own limit. Tests lower it to see torn reads.</summary>
    internal int PageRows { get; init; } = 1000;

    private static bool IsOneState(List<TableEntity> rows)
    {
        int? VersionOf(string rowKey) => rows.Find(row => row.RowKey == rowKey) is { } row ? VersionRow.Version(row) : null;
        return VersionOf(VersionRow.RowKey) is { } version
            && VersionRow.IsOneState(version, VersionOf(VersionRow.StartFence), VersionOf(VersionRow.EndFence));
    }

    private MembershipTableData ToData(List<TableEntity> rows)
    {
        var version = rows.Find(row => row.RowKey == VersionRow.RowKey)
            ?? throw new InconsistentStateException(
                $"Cluster {clusterId} has no version row in table {table.Name}. A silo that starts makes it; was the table emptied under a running cluster?");
        List<Tuple<MembershipEntry, string>> silos = [];
        foreach (var row in rows.Where(row => !VersionRow.IsVersionOrFence(row)))
        {
            try
            {
                silos.Add(Tuple.Create(MembershipRow.ToEntry(row), row.ETag.ToString()));
            }
            catch (Exception e) when (e.IsUnreadable())
            {
                // One row that nobody understands must not keep every silo from reading the rest.
                LogUnreadable(row.RowKey, clusterId, e);
            }
        }

        return new MembershipTableData(silos, VersionRow.ToTableVersion(version));
    }

    private async Task<bool> Submit(IEnumerable<TableTransactionAction> actions)
    {
        try
        {
            await table.SubmitTransactionAsync(actions);
            return true;
        }
        catch (RequestFailedException e) when (e.IsContention())
        {
            LogContention(clusterId, e.Status);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Made the membership of cluster {ClusterId} in table {Table}")]
    private partial void LogCreated(string clusterId, string table);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Another silo changed the membership of cluster {ClusterId} first ({Status})")]
    private partial void LogContention(string clusterId, int status);

    [LoggerMessage(Level = LogLevel.Information, Message = "The membership of cluster {ClusterId} changed during read {Attempt}; reading it again")]
    private partial void LogTornRead(string clusterId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Row {RowKey} of cluster {ClusterId}'s membership can't be understood and is left out")]
    private partial void LogUnreadable(string rowKey, string clusterId, Exception exception);
}
