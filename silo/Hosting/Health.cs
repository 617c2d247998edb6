using Microsoft.AspNetCore.Diagnostics.HealthChecks;
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

/// <summary>What anybody may ask: whether this process serves, and if not, which part is in trouble.</summary>
internal static class Health
{
    public static void MapOrleansKdHealth(this IEndpointRouteBuilder routes) =>
        routes.MapHealthChecks(Routes.Health, new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous();

    /// <summary>The status alone on the first line, then a line for each part in trouble.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain";
        var troubles = report.Entries.Where(entry => entry.Value.Status is not HealthStatus.Healthy).Select(entry => $"\n{entry.Key}: {entry.Value.Description}");
        return context.Response.WriteAsync($"{report.Status}{string.Concat(troubles)}", context.RequestAborted);
    }
}
