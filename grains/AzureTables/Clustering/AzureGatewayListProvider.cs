using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Messaging;
using OrleansKd.AzureTables.Tables;

namespace OrleansKd.AzureTables.Clustering;

/// <summary>Tells clients the gateways of the active silos, from the membership table.</summary>
internal sealed partial class AzureGatewayListProvider(
    IOptions<AzureStorageGatewayOptions> options, IOptions<ClusterOptions> cluster, IOptions<GatewayOptions> gateway, ILogger<AzureGatewayListProvider> logger) : IGatewayListProvider
{
    /// <summary>As messages about its options call it.</summary>
    public const string Provider = "The client's clustering";

    private readonly TableClient table = options.Value.Open(Provider);
    private readonly string clusterId = cluster.Value.ClusterId;

    public TimeSpan MaxStaleness { get; } = gateway.Value.GatewayListRefreshPeriod;

    public bool IsUpdatable => true;

    // A client may start before the first silo: an empty table is an answer, no table would be an error.
    public Task InitializeGatewayListProvider() => table.CreateIfNotExistsAsync();

    public async Task<IList<Uri>> GetGateways()
    {
        List<Uri> gateways = [];
        await foreach (var row in table.Query(
            $"PartitionKey eq {clusterId} and Status eq {nameof(SiloStatus.Active)} and ProxyPort ne {"0"}", CancellationToken.None))
        {
            // The version's fences are active, too.
            if (!VersionRow.IsVersionOrFence(row) && Parse(row) is { } uri)
            {
                gateways.Add(uri);
            }
        }

        return gateways;
    }

    private Uri? Parse(TableEntity row)
    {
        try
        {
            return MembershipRow.ToGateway(row);
        }
        catch (Exception e) when (e.IsUnreadable())
        {
            // One row that nobody understands must not keep a client from the other silos.
            LogUnreadable(row.RowKey, clusterId, e);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The row {RowKey} of cluster {ClusterId}'s membership can't be understood; its gateway is left out")]
    private partial void LogUnreadable(string rowKey, string clusterId, Exception exception);
}
