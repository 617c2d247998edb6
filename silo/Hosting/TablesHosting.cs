using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using OrleansKd.AzureTables.Hosting;
using OrleansKd.AzureTables.SessionLog;

namespace OrleansKd.Silo.Hosting;

/// <summary>One storage account for everything: see <see cref="StorageOptions"/>.</summary>
internal static class TablesHosting
{
    public static void AddOrleansKdTables(this WebApplicationBuilder builder, SiloRole role)
    {
        builder.Services.AddOptions<StorageOptions>().BindConfiguration("OrleansKd:Storage").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<StorageOptions>>().Value.ToConnection());
        builder.Services.AddSingleton(services =>
            Connect(services, services.GetRequiredService<IOptions<StorageOptions>>().Value.Retry));
        builder.Services.AddAzureTableSessionLog(_ => { });
        builder.Services.AddOptions<AzureTableSessionLogOptions>().Configure<IOptions<StorageOptions>, AzureTablesConnection>((log, storage, connection) =>
            (log.Connection, log.TableName, log.AttemptTimeout) = (connection, storage.Value.Tables.SessionLog, storage.Value.Retry.AttemptTimeout));
        builder.Services.AddSingleton(services => Tables(services, role));
        builder.Services.AddSingleton<StorageHealthCheck>();
        builder.Services.AddHealthChecks().AddCheck<StorageHealthCheck>("storage");
    }

    private static StorageTables Tables(IServiceProvider services, SiloRole role)
    {
        var names = services.GetRequiredService<IOptions<StorageOptions>>().Value.Tables;
        // Two attempts, close together: over a broken kept connection the first one fails whatever the service does.
        var client = Connect(services, new StorageRetryOptions { Attempts = 2, Delay = TimeSpan.FromMilliseconds(200) });
        return new StorageTables(client, role is SiloRole.Edge
            ? [names.SessionLog, names.Membership]
            : [names.SessionLog, names.GrainState, names.Membership, names.Reminders]);
    }

    private static TableServiceClient Connect(IServiceProvider services, StorageRetryOptions retry) =>
        services.GetRequiredService<AzureTablesConnection>().CreateClient(client =>
        {
            client.Retry.Mode = RetryMode.Exponential;
            (client.Retry.MaxRetries, client.Retry.Delay, client.Retry.MaxDelay, client.Retry.NetworkTimeout) =
                (retry.Attempts - 1, retry.Delay, retry.MaxDelay, retry.AttemptTimeout);
        });
}
