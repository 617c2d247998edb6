using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Auth;

/// <summary>That a route may be used with a service token, as metadata of its endpoint. Without it, a route is for people who have signed in.</summary>
internal sealed record TokenUse(TokenNeed Need);

internal static class TokenUses
{
    /// <param name="isOfAll">See <see cref="TokenNeed"/>.</param>
    public static TBuilder ForTokens<TBuilder>(this TBuilder route, TokenRight right, bool isOfAll = false) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new TokenUse(new TokenNeed(right, IsOfAll: isOfAll)));
}
