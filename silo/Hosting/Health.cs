using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Hosting;

/// <summary>Healthy when the cluster answers a call that reads a stored row.</summary>
internal sealed class ClusterHealthCheck(IGrainFactory grains) : IHealthCheck
{
    /// <summary>An address that nobody can have (RFC 2606).</summary>
    private static readonly UserId Nobody = UserId.FromEmail("health@check.invalid");

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await grains.User(Nobody).ListSessions().WaitAsync(Within, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The cluster or its storage does not answer.", exception);
        }
    }
}

internal static class Health
{
    public static void MapOrleansKdHealth(this IEndpointRouteBuilder routes) => routes.MapHealthChecks(Routes.Health).AllowAnonymous();
}
