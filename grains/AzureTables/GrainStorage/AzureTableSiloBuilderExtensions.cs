using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using OrleansKd.AzureTables.GrainStorage;
using OrleansKd.AzureTables.Providers;

namespace Orleans.Hosting;

/// <summary>Registers grain state in Azure Tables, by the official package's names.</summary>
public static class AzureTableSiloBuilderExtensions
{
    public static ISiloBuilder AddAzureTableGrainStorageAsDefault(this ISiloBuilder builder, Action<AzureTableStorageOptions> configureOptions) =>
        builder.AddAzureTableGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    public static ISiloBuilder AddAzureTableGrainStorageAsDefault(this ISiloBuilder builder, Action<OptionsBuilder<AzureTableStorageOptions>>? configureOptions = null) =>
        builder.AddAzureTableGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    public static ISiloBuilder AddAzureTableGrainStorage(this ISiloBuilder builder, string name, Action<AzureTableStorageOptions> configureOptions) =>
        builder.AddAzureTableGrainStorage(name, options => options.Configure(configureOptions));

    public static ISiloBuilder AddAzureTableGrainStorage(this ISiloBuilder builder, string name, Action<OptionsBuilder<AzureTableStorageOptions>>? configureOptions = null)
    {
        configureOptions?.Invoke(builder.Services.AddOptions<AzureTableStorageOptions>(name));
        builder.Services.AddTransient<IPostConfigureOptions<AzureTableStorageOptions>, DefaultStorageProviderSerializerOptionsConfigurator<AzureTableStorageOptions>>();
        builder.Services.ConfigureNamedOptionForLogging<AzureTableStorageOptions>(name);
        builder.Services.AddTransient<IConfigurationValidator>(services =>
            new TableOptionsValidator(Options(services, name), AzureTableGrainStorage.Provider(name)));
        // The factory's static type decides which of its roles Orleans registers: it must be the lifecycle participant's.
        builder.Services.AddGrainStorage(name, static (services, name) => ActivatorUtilities.CreateInstance<AzureTableGrainStorage>(
            services, name, Options(services, name), services.GetRequiredService<IOptions<ClusterOptions>>().Value));
        return builder;
    }

    private static AzureTableStorageOptions Options(IServiceProvider services, string name) =>
        services.GetRequiredService<IOptionsMonitor<AzureTableStorageOptions>>().Get(name);
}
