using OrleansKd.AzureTables.Tables;

// The official package's namespace: switching to it changes no source.
namespace Orleans.Clustering.AzureStorage;

/// <summary>The cluster's membership table, for silos.</summary>
public sealed class AzureStorageClusteringOptions : AzureTableOptions
{
    public override string TableName { get; set; } = "OrleansSiloInstances";
}

/// <summary>The same table, for clients that look for gateways in it.</summary>
public sealed class AzureStorageGatewayOptions : AzureTableOptions
{
    public override string TableName { get; set; } = "OrleansSiloInstances";
}
