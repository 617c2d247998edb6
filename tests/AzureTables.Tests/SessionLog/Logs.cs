using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansKd.AzureTables.Hosting;
using OrleansKd.AzureTables.SessionLog;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.SessionLog;

/// <summary>A stored log on Azurite, registered and started as a program does it, in a table of its own.</summary>
internal sealed class Logs : IAsyncDisposable
{
    private readonly IHost host;

    private Logs(IHost host, TableClient table) => (this.host, Table) = (host, table);

    public ISessionLog Log => host.Services.GetRequiredService<ISessionLog>();

    /// <summary>The rows as they are stored.</summary>
    public TableClient Table { get; }

    public static async Task<Logs> Open(AzuriteFixture azurite, Action<AzureTableSessionLogOptions>? configure = null, string? tableName = null)
    {
        tableName ??= AzuriteFixture.NewTableName("Log");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddAzureTableSessionLog(options =>
        {
            options.Connection = new AzureTablesConnection { ConnectionString = azurite.ConnectionString };
            options.TableName = tableName;
            configure?.Invoke(options);
        });
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new Logs(host, azurite.Tables.GetTableClient(tableName));
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
