using System.Collections.Immutable;
using System.Security.Claims;
using OpenIddict.Abstractions;
using OrleansKd.SignIn.Store;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OrleansKd.SignIn.Protocol;

/// <summary>What tokens say of a person: what a silo reads (its <c>Accounts</c>), and nothing else.</summary>
internal static class Identity
{
    /// <param name="authorization">The sign-in that tokens belong to; null: a new one.</param>
    public static ClaimsPrincipal Of(PersonRow person, ImmutableArray<string> scopes, string audience, string? authorization = null)
    {
        var identity = new ClaimsIdentity("code by mail", Claims.Name, Claims.Role)
            .SetClaim(Claims.Subject, person.Subject)
            .SetClaim(Claims.Email, person.Email)
            .SetClaim(Claims.EmailVerified, true)
            .SetClaim(Claims.Name, person.Name)
            .SetScopes(scopes)
            .SetResources(audience)
            .SetAuthorizationId(authorization);
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return new ClaimsPrincipal(identity);
    }
}
