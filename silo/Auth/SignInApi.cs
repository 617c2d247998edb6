using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Auth;

/// <summary>Tells programs where people sign in, so that an address of the server is all that a person has to know.</summary>
internal static class SignInApi
{
    public static void MapSignIn(this IEndpointRouteBuilder routes) => routes.MapGet(Routes.SignIn, Describe).AllowAnonymous().ExcludeFromDescription();

    private static Ok<SignInSummary> Describe(IOptions<AuthOptions> options) =>
        TypedResults.Ok(new SignInSummary(options.Value.Authority, options.Value.ClientId, options.Value.EffectiveScopes));
}
