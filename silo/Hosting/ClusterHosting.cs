using System.Net;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansKd.Grains.Organizations;
using OrleansKd.Silo.Mail;
using OrleansKd.Silo.Organizations;

namespace OrleansKd.Silo.Hosting;

/// <summary>This process's place in the cluster: a silo, or (an edge alone) an Orleans client. Both over the same tables.</summary>
internal static class ClusterHosting
{
    /// <summary>Name of the grain storage that grains ask for.</summary>
    private const string GrainStorage = "OrleansKd";

    public static SiloRole AddOrleansKdCluster(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection("OrleansKd:Silo");
        var silo = section.Get<SiloOptions>() ?? new SiloOptions();
        builder.Services.AddOptions<SiloOptions>().Bind(section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SiloOptions>, SiloOptionsValidator>();
        builder.Services.AddOptions<OrganizationOptions>().BindConfiguration("OrleansKd");
        builder.Services.AddOptions<Grains.Sessions.SessionOptions>().BindConfiguration("OrleansKd:Sessions").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<Grains.Sessions.SessionOptions>, Grains.Sessions.SessionOptionsValidator>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<StopLimit>();
        builder.Services.AddSingleton<ClusterWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ClusterWatch>());
        builder.Services.AddHealthChecks().AddCheck<ClusterHealthCheck>("cluster");
        builder.AddOrleansKdTables(silo.Role);
        builder.Services.AddHostedService<OrganizationCheck>();
        if (silo.Role is SiloRole.Edge)
        {
            builder.UseOrleansClient(client => client.Configure(silo));
        }
        else
        {
            builder.UseOrleans(host => host.Configure(silo));
            builder.Services.AddOrleansKdMail();
        }
        return silo.Role;
    }

    private static void Configure(this ISiloBuilder host, SiloOptions silo)
    {
        host.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (silo.ClusterId, silo.ServiceId));
        host.Configure<ClusterMembershipOptions>(MembershipTimings.Configure);
        host.ConfigureEndpoints(IPAddress.Parse(silo.Address), silo.SiloPort, silo.GatewayPort, listenOnAnyHostAddress: false);
        host.UseAzureStorageClustering(builder => builder.Configure<TableServiceClient, IOptions<StorageOptions>>((options, tables, storage) =>
            (options.TableServiceClient, options.TableName) = (tables, storage.Value.Tables.Membership)));
        host.AddAzureTableGrainStorage(GrainStorage, builder => builder.Configure<TableServiceClient, IOptions<StorageOptions>>((options, tables, storage) =>
            // What is cleared is gone: its key alone may name a person.
            (options.TableServiceClient, options.TableName, options.DeleteStateOnClear) = (tables, storage.Value.Tables.GrainState, true)));
        host.UseAzureTableReminderService(builder => builder.Configure<TableServiceClient, IOptions<StorageOptions>>((options, tables, storage) =>
            (options.TableServiceClient, options.TableName) = (tables, storage.Value.Tables.Reminders)));
    }

    private static void Configure(this IClientBuilder client, SiloOptions silo)
    {
        client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (silo.ClusterId, silo.ServiceId));
        client.Configure<GatewayOptions>(MembershipTimings.Configure);
        client.UseAzureStorageClustering(builder => builder.Configure<TableServiceClient, IOptions<StorageOptions>>((options, tables, storage) =>
            (options.TableServiceClient, options.TableName) = (tables, storage.Value.Tables.Membership)));
    }
}
