namespace OrleansKd.AzureTables.Providers;

/// <summary>Checks a provider's options when silo or client starts.</summary>
internal sealed class TableOptionsValidator(AzureTableOptions options, string provider) : IConfigurationValidator
{
    public void ValidateConfiguration() => options.Validate(provider);
}
