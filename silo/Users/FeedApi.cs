using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.OpenApi;
using OrleansKd.Silo.Relay;

namespace OrleansKd.Silo.Users;

/// <summary>REST for the caller's feed: a long poll.</summary>
internal static class FeedApi
{
    public static void MapFeed(this IEndpointRouteBuilder routes) => routes.MapGet(Routes.Feed, Read).WithMetadata(new EdgeDemand(ShowsSessions: true))
        .ForTokens(TokenRight.Read, isOfAll: true).Describe("readFeed", "What has changed for you since a cursor, at once or as soon as something does: your sessions, your permissions, and who waits for your decision", ProblemCodes.LimitReached);

    private static async Task<Results<Ok<FeedPage>, ProblemHttpResult>> Read(
        Caller caller, ClaimsPrincipal principal, HttpContext context, Accounts accounts, UserFeed feed, OpenFollows follows, TimeProvider time, CancellationToken cancellationToken, string? after = null, double wait = 0)
    {
        var position = FeedText.Parse(after);
        if (position.Refusal is { } refusal)
            return Problems.Http(refusal);
        if (!double.IsFinite(wait) || wait < 0)
            return Problems.Http(new Refusal(ProblemCodes.InvalidRequest, "'wait' must be a number of seconds from 0."));
        var place = follows.OpenForUser(caller.Id.ToString());
        if (place.Refusal is { } tooMany)
            return Problems.Http(tooMany);
        using var open = place.Value;
        var (longest, life) = (TimeSpan.FromSeconds(Math.Min(wait, Limits.FeedWait.TotalSeconds)), TokenLife.Left(context, time));
        var read = await feed.ReadAsync(caller.User, new FeedCursor(caller.Token is null ? accounts.IdentityOf(principal).Value : null, position.Value, TimeSpan.Zero, ServiceToken.Of(principal)?.Proof), longest < life ? longest : life, cancellationToken);
        if (read.Value is { IsEmpty: true } && longest > life)
            return Problems.Http(TokenLife.Over);
        return read.Refusal is { } denied ? Problems.Http(denied) : TypedResults.Ok(FeedText.ToWire(read.Value!));
    }
}
