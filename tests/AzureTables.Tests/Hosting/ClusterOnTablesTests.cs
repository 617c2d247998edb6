using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using OrleansKd.AzureTables.Hosting;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Testing.Azurite;
using OrleansKd.Testing.Processes;

namespace OrleansKd.AzureTables.Tests.Hosting;

/// <summary>Two silos and a client that know each other, their state and their reminders through tables only.</summary>
public sealed class ClusterOnTablesTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly string prefix = AzuriteFixture.NewTableName("C");
    private readonly List<IHost> hosts = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(hosts))
        {
            await host.StopAsync(Cancellation);
            host.Dispose();
        }
    }

    [Fact]
    public async Task Client_ThroughTheGatewayList_FindsStateAndRemindersOfASiloThatIsGone()
    {
        var first = await StartSilo();
        var client = await StartClient();
        var counter = client.GetRequiredService<IClusterClient>().GetGrain<ICounterGrain>("a");
        Assert.Equal(3, await counter.Add(3));
        await counter.Remind("hourly");

        var second = await StartSilo();
        Assert.Equal(2, (await second.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, Cancellation)).Count);
        await Stop(first);

        var again = second.GetRequiredService<IGrainFactory>().GetGrain<ICounterGrain>("a");
        Assert.Equal(7, await again.Add(4));
        Assert.Equal(["hourly"], await again.Reminders());
        await again.Forget();
        Assert.Equal(1, await again.Add(1));
    }

    [Theory]
    [InlineData("Clustering has no storage account")]
    [InlineData("Grain storage 'Default' has no storage account")]
    [InlineData("The reminder service has no storage account")]
    [InlineData("Grain storage 'Default' can't use the table name 'no table'")]
    public async Task Silo_WithAWrongOption_DoesNotStartAndSaysWhatToSet(string expected)
    {
        var tables = expected.Contains("no storage", StringComparison.Ordinal) ? null : azurite.Tables;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.ConfigureEndpoints(IPAddress.Loopback, SiloProgram.FreePort(), SiloProgram.FreePort());
            silo.UseAzureStorageClustering(options => options.TableServiceClient = expected.StartsWith("Clustering", StringComparison.Ordinal) ? tables : azurite.Tables);
            silo.AddAzureTableGrainStorageAsDefault(options =>
            {
                options.TableServiceClient = expected.StartsWith("Grain", StringComparison.Ordinal) ? tables : azurite.Tables;
                options.TableName = expected.Contains("no table", StringComparison.Ordinal) ? "no table" : options.TableName;
            });
            silo.UseAzureTableReminderService(options => options.TableServiceClient = expected.StartsWith("The reminder", StringComparison.Ordinal) ? tables : azurite.Tables);
        });
        using var host = builder.Build();

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Cancellation));

        Assert.Contains(expected, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SessionLog_WithWrongOptions_DoesNotStartAndSaysWhatToSet()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAzureTableSessionLog(options =>
        {
            options.Connection = new AzureTablesConnection { ServiceUri = new Uri("http://account.table.core.windows.net") };
            options.TableName = "1";
        });
        using var host = builder.Build();

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Cancellation));

        Assert.Contains("must begin with https://", refused.Message, StringComparison.Ordinal);
        Assert.Contains("TableName", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SessionLog_WhenNothingAnswers_SaysWhere()
    {
        var endpoint = $"http://127.0.0.1:{SiloProgram.FreePort()}/devstoreaccount1";
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAzureTableSessionLog(options => options.Connection = new AzureTablesConnection
        {
            ConnectionString = azurite.ConnectionString.Replace(azurite.Process.TableEndpoint.ToString(), endpoint, StringComparison.Ordinal),
        });
        using var host = builder.Build();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(Cancellation));

        Assert.Contains(endpoint, refused.Message, StringComparison.Ordinal);
    }

    private async Task<IServiceProvider> StartSilo()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.ConfigureEndpoints(IPAddress.Loopback, SiloProgram.FreePort(), SiloProgram.FreePort());
            silo.Configure<ClusterOptions>(SetCluster);
            silo.UseAzureStorageClustering(options => (options.TableServiceClient, options.TableName) = (azurite.Tables, prefix + "silos"));
            silo.AddAzureTableGrainStorageAsDefault(options => (options.TableServiceClient, options.TableName) = (azurite.Tables, prefix + "grains"));
            silo.UseAzureTableReminderService(options => (options.TableServiceClient, options.TableName) = (azurite.Tables, prefix + "reminders"));
            silo.Services.AddAzureTableSessionLog(options =>
            {
                options.Connection = new AzureTablesConnection { ConnectionString = azurite.ConnectionString };
                options.TableName = prefix + "log";
            });
        });
        var services = await Start(builder);
        Assert.NotNull(services.GetRequiredService<ISessionLog>());
        return services;
    }

    private Task<IServiceProvider> StartClient()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(SetCluster);
            client.UseAzureStorageClustering(options => (options.TableServiceClient, options.TableName) = (azurite.Tables, prefix + "silos"));
        });
        return Start(builder);
    }

    private static void SetCluster(ClusterOptions options) => (options.ClusterId, options.ServiceId) = ("cluster", "service");

    private async Task<IServiceProvider> Start(HostApplicationBuilder builder)
    {
        var host = builder.Build();
        hosts.Add(host);
        await host.StartAsync(Cancellation);
        return host.Services;
    }

    private async Task Stop(IServiceProvider services)
    {
        var host = hosts.Single(host => host.Services == services);
        hosts.Remove(host);
        await host.StopAsync(Cancellation);
        host.Dispose();
    }
}
