using Microsoft.AspNetCore.Authentication;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;

namespace OrleansKd.Silo.Auth;

/// <summary>How long a request's access token lasts: an answer that waits longer ends with it, as a hub's connection does.</summary>
internal static class TokenLife
{
    /// <summary>A timer takes hardly more than this. Only service tokens last longer, and what is followed so long is followed again.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    public static Refusal Over { get; } = new(ProblemCodes.NotSignedIn, "The access token has expired. Ask again after what you have, with a new one.");

    /// <summary>Nothing when it is over: the server's clock and the authority's may differ a little, so that it was accepted all the same.</summary>
    public static TimeSpan Left(HttpContext context, TimeProvider time)
    {
        var expiresAt = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;
        var left = expiresAt - time.GetUtcNow();
        return left is not { } known || known > Longest ? Longest : known > TimeSpan.Zero ? known : TimeSpan.Zero;
    }
}
