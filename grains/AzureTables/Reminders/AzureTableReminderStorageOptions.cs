using OrleansKd.AzureTables.Tables;

// The official package's namespace: switching to it changes no source.
namespace Orleans.Reminders.AzureStorage;

/// <summary>Reminders in Azure Tables.</summary>
public sealed class AzureTableReminderStorageOptions : AzureTableOptions
{
    public override string TableName { get; set; } = "OrleansReminders";
}
