using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Reminders.AzureStorage;

namespace Orleans.Reminders.AzureStorage
{
    public class AzureStorageOperationOptions
    {
        public virtual string TableName { get; set; } = null!;

        public TableServiceClient? TableServiceClient { get; set; }
    }

    public class AzureTableReminderStorageOptions : AzureStorageOperationOptions
    {
        public override string TableName { get; set; } = "OrleansReminders";
    }
}

namespace Orleans.Hosting
{
    public static class AzureStorageReminderSiloBuilderExtensions
    {
        public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, Action<AzureTableReminderStorageOptions> configure) => throw null!;

        public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, Action<OptionsBuilder<AzureTableReminderStorageOptions>> configureOptions) => throw null!;

        public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, string connectionString) => throw null!;
    }

    public static class AzureStorageReminderServiceCollectionExtensions
    {
        public static IServiceCollection UseAzureTableReminderService(this IServiceCollection services, Action<AzureTableReminderStorageOptions> configure) => throw null!;

        public static IServiceCollection UseAzureTableReminderService(this IServiceCollection services, Action<OptionsBuilder<AzureTableReminderStorageOptions>> configureOptions) => throw null!;

        public static IServiceCollection UseAzureTableReminderService(this IServiceCollection services, string connectionString) => throw null!;
    }
}
