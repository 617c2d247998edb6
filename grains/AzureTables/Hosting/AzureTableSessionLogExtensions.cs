using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansKd.AzureTables.SessionLog;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.Hosting;

/// <summary>Registers sessions' logs in Azure Tables, for a silo and for a front end alike.</summary>
public static class AzureTableSessionLogExtensions
{
    /// <summary>Options are checked, and the table is made, before the host's other parts start.</summary>
    public static IServiceCollection AddAzureTableSessionLog(this IServiceCollection services, Action<AzureTableSessionLogOptions> configure)
    {
        services.AddOptions<AzureTableSessionLogOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AzureTableSessionLogOptions>, AzureTableSessionLogOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SessionLogTable>();
        services.TryAddSingleton<SessionLogReader>();
        services.TryAddSingleton<ISessionLog, AzureTableSessionLog>();
        services.AddHostedService<SessionLogTableStart>();
        return services;
    }
}
