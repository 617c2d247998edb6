using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OrleansKd.SignIn.Attempts;
using OrleansKd.SignIn.Hosting;
using OrleansKd.SignIn.Store;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OrleansKd.SignIn.Protocol;

/// <summary>Whoever may not sign in any more gets no further tokens; a new name counts from the next token on.</summary>
internal sealed class RefreshCheck(People people, IOptions<SignInOptions> options) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (!context.Request.IsRefreshTokenGrantType() || context.Principal is not { } principal)
            return;
        var person = await people.FindAsync(principal.GetClaim(Claims.Subject) ?? "", context.CancellationToken);
        if (person is null || !EmailAddress.IsAmong(person.Email, options.Value.Domains))
        {
            context.Reject(Errors.InvalidGrant, "This person may not sign in here any more.");
            return;
        }
        context.Principal = Identity.Of(person, principal.GetScopes(), options.Value.Audience, principal.GetAuthorizationId());
    }
}

/// <summary>Taking back one token of a sign-in takes back all of them: a refresh token that was renewed in the same moment, too.</summary>
internal sealed class FamilyRevocation(IOpenIddictTokenManager tokens, IOpenIddictAuthorizationManager authorizations) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        if (context.GenericTokenPrincipal?.GetAuthorizationId() is not { Length: > 0 } authorization)
            return;
        if (await authorizations.FindByIdAsync(authorization, context.CancellationToken) is { } found)
            await authorizations.TryRevokeAsync(found, context.CancellationToken);
        await tokens.RevokeByAuthorizationIdAsync(authorization, context.CancellationToken);
    }
}
