using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using OrleansKd.AzureTables.Providers;
using OrleansKd.AzureTables.Reminders;

namespace Orleans.Hosting;

/// <summary>Registers reminders in Azure Tables, by the official package's names.</summary>
public static class AzureStorageReminderSiloBuilderExtensions
{
    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, Action<AzureTableReminderStorageOptions> configure)
    {
        builder.Services.UseAzureTableReminderService(configure);
        return builder;
    }

    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, Action<OptionsBuilder<AzureTableReminderStorageOptions>> configureOptions)
    {
        builder.Services.UseAzureTableReminderService(configureOptions);
        return builder;
    }

    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, string connectionString)
    {
        builder.Services.UseAzureTableReminderService(connectionString);
        return builder;
    }
}

/// <summary>The same for a collection of services.</summary>
public static class AzureStorageReminderServiceCollectionExtensions
{
    public static IServiceCollection UseAzureTableReminderService(this IServiceCollection services, Action<AzureTableReminderStorageOptions> configure) =>
        services.UseAzureTableReminderService((OptionsBuilder<AzureTableReminderStorageOptions> options) => options.Configure(configure));

    public static IServiceCollection UseAzureTableReminderService(this IServiceCollection services, Action<OptionsBuilder<AzureTableReminderStorageOptions>>? configureOptions)
    {
        services.AddReminders();
        configureOptions?.Invoke(services.AddOptions<AzureTableReminderStorageOptions>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddTransient<IConfigurationValidator>(provider =>
            new TableOptionsValidator(provider.GetRequiredService<IOptions<AzureTableReminderStorageOptions>>().Value, AzureReminderTable.Provider));
        services.AddSingleton<IReminderTable, AzureReminderTable>();
        services.ConfigureFormatter<AzureTableReminderStorageOptions>();
        return services;
    }

    public static IServiceCollection UseAzureTableReminderService(this IServiceCollection services, string connectionString) =>
        services.UseAzureTableReminderService((AzureTableReminderStorageOptions options) => options.TableServiceClient = new TableServiceClient(connectionString));
}
