using System.Security.Claims;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Auth;

/// <summary>From a validated token to the account it belongs to. The user's grain decides; this only reads claims.</summary>
internal sealed class Accounts(IGrainFactory grains, IOptions<AuthOptions> options)
{
    public async Task<Outcome<Account>> Of(ClaimsPrincipal? principal)
    {
        var issuer = principal?.FindFirst("iss")?.Value;
        var subject = principal?.FindFirst("sub")?.Value;
        var email = principal?.FindFirst("email")?.Value;
        if (issuer is null || subject is null)
            return new Refusal(ProblemCodes.NotSignedIn, "The token names no issuer or subject. Sign in again.");
        if (email is null || email.Length > Limits.EmailLength || !email.Contains('@', StringComparison.Ordinal))
            return new Refusal(ProblemCodes.NotSignedIn, "The token names no e-mail address. Ask the administrator of the sign-in to include 'email'.");
        var name = principal!.FindFirst("name")?.Value is { Length: > 0 } told && !VisibleText.HasHidden(told, isOneLine: true) && told.Length <= 100 ? told : email;
        return await grains.User(UserId.FromEmail(email)).SignIn(new ProvenIdentity(issuer, subject, UserId.Normalize(email), name, IsProven(principal!)));
    }

    private bool IsProven(ClaimsPrincipal principal) =>
        options.Value.EffectiveProofClaims.Any(claim => principal.FindFirst(claim)?.Value is "true" or "True" or "1");
}
