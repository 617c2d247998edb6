using Azure.Data.Tables;
using Orleans.Runtime;

namespace OrleansKd.AzureTables.Tables;

/// <summary>Where a provider keeps its rows. The members are those of the official providers' options.</summary>
public abstract class AzureTableOptions
{
    /// <summary>The storage account's tables. Required. One client may serve all providers.</summary>
    public TableServiceClient? TableServiceClient { get; set; }

    /// <summary>Made at start when it does not exist.</summary>
    public abstract string TableName { get; set; }

    internal TableClient Table => Required.GetTableClient(TableName);

    private TableServiceClient Required =>
        TableServiceClient ?? throw new OrleansConfigurationException($"{GetType().Name}.{nameof(TableServiceClient)} is not set.");

    /// <exception cref="OrleansConfigurationException">Says which option is wrong and what to set.</exception>
    internal void Validate(string provider)
    {
        if (TableServiceClient is null)
        {
            throw new OrleansConfigurationException(
                $"{provider} has no storage account: set {GetType().Name}.{nameof(TableServiceClient)}, for example to new TableServiceClient(connectionString).");
        }

        if (!Tables.TableName.IsValid(TableName))
        {
            throw new OrleansConfigurationException(
                $"{provider} can't use the table name '{TableName}': set {GetType().Name}.{nameof(TableName)} to {Tables.TableName.Rule}.");
        }
    }
}
