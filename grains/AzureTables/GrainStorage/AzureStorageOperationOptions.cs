using OrleansKd.AzureTables.Providers;

// The official package's namespace: switching to it changes no source.
namespace Orleans.Persistence.AzureStorage;

/// <summary>What the official package's options are based on.</summary>
public class AzureStorageOperationOptions : AzureTableOptions;
