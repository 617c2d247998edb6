using OrleansKd.AzureTables.Providers;

// The official package's namespace: switching to it changes no source.
namespace Orleans.Clustering.AzureStorage;

/// <summary>What silos' and clients' options have in common.</summary>
public class AzureStorageOperationOptions : AzureTableOptions;

/// <summary>The cluster's membership table, for silos.</summary>
public class AzureStorageClusteringOptions : AzureStorageOperationOptions
{
    public override string TableName { get; set; } = "OrleansSiloInstances";
}

/// <summary>The same table, for clients that look for gateways in it.</summary>
public class AzureStorageGatewayOptions : AzureStorageOperationOptions
{
    public override string TableName { get; set; } = "OrleansSiloInstances";
}
