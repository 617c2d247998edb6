using System.Security.Claims;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Auth;

/// <summary>From a validated token to the account it belongs to. The user's grain decides; this only reads claims.</summary>
internal sealed class Accounts(IGrainFactory grains)
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
        if (!IsVerified(principal!))
            return new Refusal(ProblemCodes.NotSignedIn, $"The address {VisibleText.From(email)} is not verified by {issuer}. Verify it there, then sign in again.");
        var name = principal!.FindFirst("name")?.Value is { Length: > 0 } told && !VisibleText.HasHidden(told, isOneLine: true) && told.Length <= 100 ? told : email;
        return await grains.User(UserId.FromEmail(email)).SignIn(new ProvenIdentity(issuer, subject, UserId.Normalize(email), name));
    }

    private static bool IsVerified(ClaimsPrincipal principal) =>
        IsTrue(principal.FindFirst("email_verified")?.Value) || IsTrue(principal.FindFirst("xms_edov")?.Value);

    private static bool IsTrue(string? value) => value is "true" or "True" or "1";
}
