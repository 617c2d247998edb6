using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using OrleansKd.AzureTables.Reminders;
using OrleansKd.AzureTables.Tables;

namespace Orleans.Hosting;

/// <summary>Registers reminders in Azure Tables, by the official package's names.</summary>
public static class AzureStorageReminderSiloBuilderExtensions
{
    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, Action<AzureTableReminderStorageOptions> configureOptions) =>
        builder.UseAzureTableReminderService(options => options.Configure(configureOptions));

    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, Action<OptionsBuilder<AzureTableReminderStorageOptions>>? configureOptions)
    {
        builder.AddReminders();
        configureOptions?.Invoke(builder.Services.AddOptions<AzureTableReminderStorageOptions>());
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddTransient<IConfigurationValidator>(services =>
            new TableOptionsValidator(services.GetRequiredService<IOptions<AzureTableReminderStorageOptions>>().Value, AzureReminderTable.Provider));
        builder.Services.AddSingleton<IReminderTable, AzureReminderTable>();
        builder.Services.ConfigureFormatter<AzureTableReminderStorageOptions>();
        return builder;
    }
}
