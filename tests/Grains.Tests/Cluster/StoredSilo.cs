using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansKd.AzureTables.Hosting;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Organizations;
using OrleansKd.Grains.Sessions;
using OrleansKd.Testing.Azurite;
using OrleansKd.Testing.MailServer;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Grains.Tests.Cluster;

/// <summary>
/// Silos, one after the other, whose grains, reminders and session logs are in tables; reminders may come every second. Membership reads the
/// clock, too, so each is a cluster of its own, and the clock is never ahead of the real one: a silo whose clock is takes itself for dead.
/// </summary>
public sealed class StoredSilo(AzuriteFixture azurite, TimeProvider time) : IAsyncDisposable
{
    public static readonly TimeSpan ShortestPeriod = TimeSpan.FromSeconds(1);

    private readonly string prefix = AzuriteFixture.NewTableName("S");
    private IHost? host;

    public IGrainFactory Grains => host!.Services.GetRequiredService<IGrainFactory>();

    public RecordingMailSender Mail { get; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(SiloProgram.FreePort(), SiloProgram.FreePort(), serviceId: "service", clusterId: "cluster");
            silo.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = ShortestPeriod);
            silo.AddAzureTableGrainStorage("OrleansKd", options => (options.TableServiceClient, options.TableName, options.DeleteStateOnClear) = (azurite.Tables, prefix + "grains", true));
            silo.UseAzureTableReminderService(options => (options.TableServiceClient, options.TableName) = (azurite.Tables, prefix + "reminders"));
            silo.Services.AddAzureTableSessionLog(options =>
                (options.Connection, options.TableName) = (new AzureTablesConnection { ConnectionString = azurite.ConnectionString }, prefix + "log"));
            silo.Services.AddSingleton(time);
            silo.Services.AddSingleton<IMailSender>(Mail);
            silo.Services.Configure<SessionOptions>(options => options.TidyEvery = ShortestPeriod);
            silo.Services.Configure<OrganizationOptions>(options => options.Organizations.AddRange(GrainCluster.Organizations));
        });
        host = builder.Build();
        await host.StartAsync(Cancellation);
    }

    public async Task StopAsync()
    {
        await host!.StopAsync(Cancellation);
        host.Dispose();
        host = null;
    }

    /// <summary>Rows of all tables with this in their keys.</summary>
    public async Task<string[]> RowsOf(string key)
    {
        List<string> rows = [];
        foreach (var table in new[] { "grains", "reminders", "log" })
        {
            await foreach (var row in azurite.Tables.GetTableClient(prefix + table).QueryAsync<TableEntity>(cancellationToken: Cancellation))
            {
                if (row.PartitionKey.Contains(key, StringComparison.Ordinal) || row.RowKey.Contains(key, StringComparison.Ordinal))
                    rows.Add($"{table} {row.RowKey}");
            }
        }
        return [.. rows.Order()];
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
            await StopAsync();
    }
}
