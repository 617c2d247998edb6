using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Clustering.AzureStorage;

namespace Orleans.Clustering.AzureStorage
{
    public class AzureStorageOperationOptions
    {
        public virtual string TableName { get; set; } = null!;

        public TableServiceClient? TableServiceClient { get; set; }
    }

    public class AzureStorageClusteringOptions : AzureStorageOperationOptions
    {
        public override string TableName { get; set; } = "OrleansSiloInstances";
    }

    public class AzureStorageGatewayOptions : AzureStorageOperationOptions
    {
        public override string TableName { get; set; } = "OrleansSiloInstances";
    }
}

namespace Orleans.Hosting
{
    public static class AzureTableClusteringExtensions
    {
        public static ISiloBuilder UseAzureStorageClustering(this ISiloBuilder builder, Action<AzureStorageClusteringOptions> configureOptions) => throw null!;

        public static ISiloBuilder UseAzureStorageClustering(this ISiloBuilder builder, Action<OptionsBuilder<AzureStorageClusteringOptions>> configureOptions) => throw null!;

        public static IClientBuilder UseAzureStorageClustering(this IClientBuilder builder, Action<AzureStorageGatewayOptions> configureOptions) => throw null!;

        public static IClientBuilder UseAzureStorageClustering(this IClientBuilder builder, Action<OptionsBuilder<AzureStorageGatewayOptions>> configureOptions) => throw null!;
    }
}
