using Microsoft.AspNetCore.DataProtection;

namespace OrleansKd.Silo.Hosting;

/// <summary>
/// Nothing that an edge hands out is sealed with a key of the edge's own, so that any edge serves any request and several have no keys to
/// share: tokens are the authority's, cursors are numbers. What would need such keys does not start.
/// </summary>
internal static class NothingSealed
{
    /// <summary>The framework brings data protection along with authentication, and makes keys in the home folder of whoever runs it.</summary>
    public static void RemoveDataProtection(this IServiceCollection services)
    {
        var assembly = typeof(DataProtectionBuilderExtensions).Assembly;
        foreach (var service in services.Where(service => service.ServiceType == typeof(IDataProtectionProvider) || service.ServiceType.Assembly == assembly || (!service.IsKeyedService && service.ImplementationType?.Assembly == assembly)).ToArray())
            services.Remove(service);
    }
}
