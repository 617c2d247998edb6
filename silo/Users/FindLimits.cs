using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Users;

/// <summary>
/// How often one user may look for people (rule C1) and invite: both tell who has an account, and inviting sends mail. Counted by each edge
/// process for itself, so behind several a user has as many times more.
/// </summary>
internal static class FindLimits
{
    public const string Finding = "finding";

    public const string Inviting = "inviting";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>A minute's worth comes back in so many parts.</summary>
    private const int Parts = 6;

    public static void AddFindLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<EdgeOptions>>((limiter, edge) =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = RefuseAsync;
            limiter.AddPolicy(Finding, context => ForUser(context, edge.Value.FindsPerMinute));
            limiter.AddPolicy(Inviting, context => ForUser(context, edge.Value.InvitesPerMinute));
        });
    }

    private static RateLimitPartition<string> ForUser(HttpContext context, int perMinute) => RateLimitPartition.GetTokenBucketLimiter(
        context.Features.Get<Caller>()?.Id.ToString() ?? "",
        _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = Math.Max(1, perMinute / Parts),
            ReplenishmentPeriod = Window / Parts,
            AutoReplenishment = true,
        });

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var told) && told > TimeSpan.Zero ? told : Window / Parts;
        var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        rejected.HttpContext.Response.Headers.RetryAfter = seconds;
        await Problems.Http(new Refusal(ProblemCodes.TooManyRequests, $"You have asked for people too often within a minute. Wait {seconds} seconds, then try again."))
            .ExecuteAsync(rejected.HttpContext);
    }
}
