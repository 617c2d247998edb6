using System.Security.Claims;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Auth;

/// <summary>From a validated token to the account it belongs to, and what the token is limited to. The user's grain decides; this only reads claims.</summary>
internal sealed class Accounts(IGrainFactory grains, IOptions<AuthOptions> options)
{
    /// <param name="need">What a service token must allow; null when only somebody who has signed in may do this.</param>
    public async Task<Outcome<Caller>> Of(ClaimsPrincipal? principal, TokenNeed? need)
    {
        if (ServiceToken.Of(principal) is { } token)
            return need is null ? ForPeople : await OfTokenAsync(token, need);
        var identity = IdentityOf(principal);
        if (identity.Refusal is { } unnamed)
            return unnamed;
        var account = await grains.User(UserId.FromEmail(identity.Value!.Email)).SignIn(identity.Value);
        return account.Refusal is { } refusal ? refusal : new Caller(account.Value!);
    }

    private static Refusal ForPeople { get; } = new(ProblemCodes.TokenScope, "This is for people who have signed in; no service token allows it. Sign in (orleanskd sign-in).");

    private async Task<Outcome<Caller>> OfTokenAsync(ServiceToken token, TokenNeed need)
    {
        var bearer = await grains.User(token.User).ProveToken(token.Proof, need);
        return bearer.Refusal is { } refusal ? refusal : new Caller(bearer.Value!.Account, bearer.Value.Token);
    }

    /// <summary>What the token says; whether that is the account's identity, the account decides.</summary>
    public Outcome<ProvenIdentity> IdentityOf(ClaimsPrincipal? principal)
    {
        var issuer = principal?.FindFirst("iss")?.Value;
        var subject = principal?.FindFirst("sub")?.Value;
        var email = principal?.FindFirst("email")?.Value;
        if (issuer is null || subject is null)
            return new Refusal(ProblemCodes.NotSignedIn, "The token names no issuer or subject. Sign in again.");
        if (email is null || email.Length > Limits.EmailLength || !email.Contains('@', StringComparison.Ordinal))
            return new Refusal(ProblemCodes.NotSignedIn, "The token names no e-mail address. Ask the administrator of the sign-in to include 'email'.");
        var name = principal!.FindFirst("name")?.Value is { Length: > 0 } told && !VisibleText.HasHidden(told, isOneLine: true) && told.Length <= 100 ? told : email;
        return new ProvenIdentity(issuer, subject, UserId.Normalize(email), name, IsProven(principal!));
    }

    private bool IsProven(ClaimsPrincipal principal) =>
        options.Value.EffectiveProofClaims.Any(claim => principal.FindFirst(claim)?.Value is "true" or "True" or "1");
}
