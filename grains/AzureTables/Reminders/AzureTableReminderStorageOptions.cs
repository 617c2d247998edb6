using OrleansKd.AzureTables.Providers;

// The official package's namespace: switching to it changes no source.
namespace Orleans.Reminders.AzureStorage;

/// <summary>What the official package's options of this namespace are based on.</summary>
public class AzureStorageOperationOptions : AzureTableOptions;

/// <summary>Reminders in Azure Tables.</summary>
public class AzureTableReminderStorageOptions : AzureStorageOperationOptions
{
    public override string TableName { get; set; } = "OrleansReminders";
}
