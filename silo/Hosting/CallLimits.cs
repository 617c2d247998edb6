using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Auth;

namespace OrleansKd.Silo.Hosting;

/// <summary>
/// How often one user may ask at all, enter commands, begin to follow (each asks the cluster, and may read from the beginning), look for people
/// (rule C1) and invite (both tell who has an account, and inviting sends mail), and how often one address may come with tokens that are not
/// accepted. Counted by each edge process for itself, so behind several a user has as many times more. A minute's worth may come at once.
/// </summary>
internal sealed class CallLimits : IDisposable
{
    public const string Finding = "finding";

    public const string Inviting = "inviting";

    public const string Commanding = "commanding";

    public const string Following = "following";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>A minute's worth comes back in so many parts.</summary>
    private const int Parts = 6;

    private readonly PartitionedRateLimiter<UserId> commands;
    private readonly PartitionedRateLimiter<UserId> follows;
    private readonly PartitionedRateLimiter<IPAddress> badTokens;

    /// <summary>More than a minute's worth could never be taken at once.</summary>
    private readonly int commandsAtMost;

    public CallLimits(IOptions<EdgeOptions> edge)
    {
        commandsAtMost = edge.Value.CommandsPerMinute;
        commands = PartitionedRateLimiter.Create<UserId, UserId>(user => RateLimitPartition.GetTokenBucketLimiter(user, _ => Bucket(edge.Value.CommandsPerMinute)));
        follows = PartitionedRateLimiter.Create<UserId, UserId>(user => RateLimitPartition.GetTokenBucketLimiter(user, _ => Bucket(edge.Value.FollowsPerMinute)));
        badTokens = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ => Bucket(edge.Value.BadTokensPerMinute)));
    }

    /// <summary>Commands over a hub, and those of a request after its first; null when they may be entered.</summary>
    public Refusal? TakeCommands(UserId user, int count) => Take(commands, user, Commanding, Math.Min(count, commandsAtMost));

    /// <summary>A follow over a hub; null when it may begin.</summary>
    public Refusal? TakeFollow(UserId user) => Take(follows, user, Following, 1);

    /// <summary>Whether an address has come with so many bad tokens that it has to wait before its next one.</summary>
    public Refusal? Suspect(IPAddress? address) =>
        // Whole ones: asking for none succeeds with a part of one, which nobody can take.
        badTokens.GetStatistics(ClientAddress.KeyOf(address)) is { CurrentAvailablePermits: 0 } ? TooMany("come with access tokens that this server does not accept", Window / Parts) : null;

    public void TokenWasBad(IPAddress? address) => badTokens.AttemptAcquire(ClientAddress.KeyOf(address)).Dispose();

    public void Dispose()
    {
        commands.Dispose();
        follows.Dispose();
        badTokens.Dispose();
    }

    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<CallLimits>();
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<EdgeOptions>>((limiter, edge) =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = RefuseAsync;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.Features.Get<Caller>() is { } caller
                ? Of(caller, edge.Value.RequestsPerMinute)
                : RateLimitPartition.GetNoLimiter(""));
            limiter.AddPolicy(Finding, context => ForUser(context, edge.Value.FindsPerMinute));
            limiter.AddPolicy(Inviting, context => ForUser(context, edge.Value.InvitesPerMinute));
            limiter.AddPolicy(Commanding, context => ForUser(context, edge.Value.CommandsPerMinute));
            limiter.AddPolicy(Following, context => ForUser(context, edge.Value.FollowsPerMinute));
        });
    }

    private static RateLimitPartition<string> ForUser(HttpContext context, int perMinute) => context.Features.Get<Caller>() is { } caller
        ? Of(caller, perMinute)
        : RateLimitPartition.GetNoLimiter("");

    private static RateLimitPartition<string> Of(Caller caller, int perMinute) => RateLimitPartition.GetTokenBucketLimiter(caller.Id.ToString(), _ => Bucket(perMinute));

    private static TokenBucketRateLimiterOptions Bucket(int perMinute) => new()
    {
        TokenLimit = perMinute,
        TokensPerPeriod = Math.Max(1, perMinute / Parts),
        ReplenishmentPeriod = Window / Parts,
        AutoReplenishment = true,
    };

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var policy = rejected.HttpContext.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName;
        var refusal = TooMany(DeedOf(policy), WaitOf(rejected.Lease));
        rejected.HttpContext.Response.Headers.RetryAfter = Seconds(WaitOf(rejected.Lease));
        await Problems.Http(refusal).ExecuteAsync(rejected.HttpContext);
    }

    private static Refusal? Take(PartitionedRateLimiter<UserId> limiter, UserId user, string policy, int count)
    {
        using var lease = limiter.AttemptAcquire(user, count);
        return lease.IsAcquired ? null : TooMany(DeedOf(policy), WaitOf(lease));
    }

    private static string DeedOf(string? policy) => policy switch
    {
        Finding or Inviting => "asked for people",
        Commanding => "entered commands",
        Following => "begun to follow transcripts",
        _ => "asked this server",
    };

    private static Refusal TooMany(string what, TimeSpan wait) =>
        new(ProblemCodes.TooManyRequests, $"You have {what} too often within a minute. Wait {Seconds(wait)} seconds, then try again.");

    private static TimeSpan WaitOf(RateLimitLease lease) => lease.TryGetMetadata(MetadataName.RetryAfter, out var told) && told > TimeSpan.Zero ? told : Window / Parts;

    private static string Seconds(TimeSpan wait) => Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
