using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Persistence.AzureStorage;
using Orleans.Storage;

namespace Orleans.Persistence.AzureStorage
{
    public class AzureStorageOperationOptions
    {
        public virtual string TableName { get; set; } = null!;

        public TableServiceClient? TableServiceClient { get; set; }
    }
}

namespace Orleans.Configuration
{
    public class AzureTableStorageOptions : AzureStorageOperationOptions, IStorageProviderSerializerOptions
    {
        public override string TableName { get; set; } = "OrleansGrainState";

        public bool DeleteStateOnClear { get; set; }

        public bool UseStringFormat { get; set; }

        public int InitStage { get; set; } = ServiceLifecycleStage.ApplicationServices;

        public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;
    }
}

namespace Orleans.Hosting
{
    public static class AzureTableSiloBuilderExtensions
    {
        public static ISiloBuilder AddAzureTableGrainStorageAsDefault(this ISiloBuilder builder, Action<AzureTableStorageOptions> configureOptions) => throw null!;

        public static ISiloBuilder AddAzureTableGrainStorageAsDefault(this ISiloBuilder builder, Action<OptionsBuilder<AzureTableStorageOptions>>? configureOptions = null) => throw null!;

        public static ISiloBuilder AddAzureTableGrainStorage(this ISiloBuilder builder, string name, Action<AzureTableStorageOptions> configureOptions) => throw null!;

        public static ISiloBuilder AddAzureTableGrainStorage(this ISiloBuilder builder, string name, Action<OptionsBuilder<AzureTableStorageOptions>>? configureOptions = null) => throw null!;
    }
}

namespace Orleans.Storage
{
    public class TableStorageUpdateConditionNotSatisfiedException : InconsistentStateException
    {
        public TableStorageUpdateConditionNotSatisfiedException()
        {
        }

        public TableStorageUpdateConditionNotSatisfiedException(string msg)
            : base(msg)
        {
        }

        public TableStorageUpdateConditionNotSatisfiedException(string msg, Exception exc)
            : base(msg, exc)
        {
        }
    }
}
