using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Messaging;
using OrleansKd.AzureTables.Clustering;
using OrleansKd.AzureTables.Providers;

namespace Orleans.Hosting;

/// <summary>Registers clustering through Azure Tables, by the official package's names.</summary>
public static class AzureTableClusteringExtensions
{
    public static ISiloBuilder UseAzureStorageClustering(this ISiloBuilder builder, Action<AzureStorageClusteringOptions> configureOptions) =>
        builder.UseAzureStorageClustering(options => options.Configure(configureOptions));

    public static ISiloBuilder UseAzureStorageClustering(this ISiloBuilder builder, Action<OptionsBuilder<AzureStorageClusteringOptions>>? configureOptions)
    {
        configureOptions?.Invoke(builder.Services.AddOptions<AzureStorageClusteringOptions>());
        builder.Services.AddTransient<IConfigurationValidator>(services =>
            new TableOptionsValidator(services.GetRequiredService<IOptions<AzureStorageClusteringOptions>>().Value, AzureMembershipTable.Provider));
        builder.Services.AddSingleton<IMembershipTable, AzureMembershipTable>();
        builder.Services.ConfigureFormatter<AzureStorageClusteringOptions>();
        return builder;
    }

    public static IClientBuilder UseAzureStorageClustering(this IClientBuilder builder, Action<AzureStorageGatewayOptions> configureOptions) =>
        builder.UseAzureStorageClustering(options => options.Configure(configureOptions));

    public static IClientBuilder UseAzureStorageClustering(this IClientBuilder builder, Action<OptionsBuilder<AzureStorageGatewayOptions>>? configureOptions)
    {
        configureOptions?.Invoke(builder.Services.AddOptions<AzureStorageGatewayOptions>());
        builder.Services.AddTransient<IConfigurationValidator>(services =>
            new TableOptionsValidator(services.GetRequiredService<IOptions<AzureStorageGatewayOptions>>().Value, AzureGatewayListProvider.Provider));
        builder.Services.AddSingleton<IGatewayListProvider, AzureGatewayListProvider>();
        builder.Services.ConfigureFormatter<AzureStorageGatewayOptions>();
        return builder;
    }
}
