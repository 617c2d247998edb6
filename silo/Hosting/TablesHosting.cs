using OrleansKd.AzureTables.Hosting;

namespace OrleansKd.Silo.Hosting;

/// <summary>Section <c>OrleansKd:Storage</c>: one storage account for everything. Either a connection string or a service address.</summary>
internal static class TablesHosting
{
    public static void AddOrleansKdTables(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection("OrleansKd:Storage");
        var connection = new AzureTablesConnection
        {
            ConnectionString = section["ConnectionString"],
            ServiceUri = section["ServiceUri"] is { Length: > 0 } address ? new Uri(address, UriKind.RelativeOrAbsolute) : null,
        };
        if (connection.Problem is { } problem)
            throw new InvalidOperationException($"OrleansKd:Storage: {problem} (for Azurite: OrleansKd__Storage__ConnectionString)");
        builder.Services.AddSingleton(_ => connection.CreateClient());
        builder.Services.AddAzureTableSessionLog(options => options.Connection = connection);
    }
}
