using Azure.Data.Tables;
using Orleans.Runtime;

namespace OrleansKd.AzureTables.Providers;

/// <summary>Where a provider keeps its rows: what the three <c>AzureStorageOperationOptions</c> of the official packages have in common.</summary>
public abstract class AzureTableOptions
{
    /// <summary>The storage account's tables. Required. One client may serve all providers.</summary>
    public TableServiceClient? TableServiceClient { get; set; }

    /// <summary>Made at start when it does not exist.</summary>
    public virtual string TableName { get; set; } = "";

    /// <inheritdoc cref="Validate"/>
    internal TableClient Open(string provider)
    {
        // Orleans makes its parts before it runs the validators: whichever comes first says the same.
        Validate(provider);
        return TableServiceClient!.GetTableClient(TableName);
    }

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
