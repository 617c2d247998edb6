using Orleans.Persistence.AzureStorage;
using Orleans.Storage;

// The official package's namespace: switching to it changes no source.
namespace Orleans.Configuration;

/// <summary>Grain state in Azure Tables.</summary>
public class AzureTableStorageOptions : AzureStorageOperationOptions, IStorageProviderSerializerOptions
{
    public override string TableName { get; set; } = "OrleansGrainState";

    /// <summary>Clearing deletes the row. Otherwise the row stays without data, so that its ETag goes on guarding it.</summary>
    public bool DeleteStateOnClear { get; set; }

    /// <summary>Writes text properties instead of binary ones, for serializers that write text. Both are read in any case.</summary>
    public bool UseStringFormat { get; set; }

    /// <summary>The stage of the silo's start at which the table is made.</summary>
    public int InitStage { get; set; } = ServiceLifecycleStage.ApplicationServices;

    /// <summary>Set by <see cref="DefaultStorageProviderSerializerOptionsConfigurator{TOptions}"/> when left null.</summary>
    public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;
}
