using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Organizations;

namespace OrleansKd.Grains.Users;

/// <summary>
/// An account's service tokens. A token allows at most what it says and never more than its user may; it is the account's as long as the
/// sign-in that made it would be let in. Pure.
/// </summary>
internal static class TokenRules
{
    /// <summary>One answer, whether it never was, ended, was revoked, or its secret is wrong: who guesses learns nothing.</summary>
    private static readonly Refusal Unknown = new(ProblemCodes.NotSignedIn,
        "This service token is not known: it was revoked, it has expired, or it is not whole. Make another one ('orleanskd tokens make').");

    /// <summary>Null when it can be kept.</summary>
    public static Refusal? CheckMake(UserState state, NewToken token, DateTimeOffset now)
    {
        if (state.Issuer is null)
            return new Refusal(ProblemCodes.NotSignedIn, "Only somebody who has signed in can make a service token.");
        if (string.IsNullOrWhiteSpace(token.Name) || token.Name.Length > Limits.TokenNameLength || VisibleText.HasHidden(token.Name, isOneLine: true))
            return Invalid($"A service token needs a name of 1 to {Limits.TokenNameLength} visible characters: what it is for.");
        if (!Enum.IsDefined(token.Right))
            return Invalid("A service token's right is 'read' or 'host'.");
        if (token.Computer is { } computer && (string.IsNullOrWhiteSpace(computer) || computer.Length > Limits.ComputerNameLength || VisibleText.HasHidden(computer, isOneLine: true)))
            return Invalid($"A computer's name has 1 to {Limits.ComputerNameLength} visible characters.");
        if (token.Lasts < TimeSpan.FromDays(1) || token.Lasts > TimeSpan.FromDays(Limits.TokenDays))
            return Invalid($"A service token lasts 1 to {Limits.TokenDays} days.");
        var living = state.Tokens.Where(kept => kept.ExpiresAt > now).ToArray();
        if (living.Length >= Limits.Tokens)
            return new Refusal(ProblemCodes.LimitReached, $"You have {Limits.Tokens} service tokens, which is the most. Revoke one that is not used any more ('orleanskd tokens list').");
        return living.Any(kept => kept.Name == token.Name)
            ? Invalid($"You have a service token named '{token.Name}' already. Choose another name, or revoke that one first.")
            : null;
    }

    /// <summary>With the token, and without those that have expired.</summary>
    public static UserState Make(UserState state, NewToken token, DateTimeOffset now) => state with
    {
        Tokens =
        [
            .. state.Tokens.Where(kept => kept.ExpiresAt > now),
            new StoredToken(token.Proof.TokenId, token.Proof.Hash, token.Name, token.Right, token.Computer?.Trim(), now, now + token.Lasts),
        ],
    };

    public static UserState Revoke(UserState state, string tokenId) => state.Tokens.Exists(kept => kept.Id == tokenId)
        ? state with { Tokens = [.. state.Tokens.Where(kept => kept.Id != tokenId)] }
        : state;

    public static Outcome<TokenView> Prove(UserState state, TokenProof proof, TokenNeed need, OrganizationOptions options, DateTimeOffset now)
    {
        if (state.Tokens.Find(kept => kept.Id == proof.TokenId) is not { } token || !IsSame(token.Hash, proof.Hash) || now >= token.ExpiresAt)
            return Unknown;
        // The configuration may have ceased to take the sign-in that the account is bound to.
        if (state.Issuer is null || UserRules.CheckSignIn(state, new ProvenIdentity(state.Issuer, state.Subject ?? "", state.Email, state.Name, IsProven: true), options, now) is not null)
            return Unknown;
        if (need.Right > token.Right)
            return new Refusal(ProblemCodes.TokenScope, $"The service token '{token.Name}' only reads. Use one that was made with the right 'host'.");
        if (token.Computer is not { } only)
            return ViewOf(token);
        if (need.IsOfAll)
            return new Refusal(ProblemCodes.TokenScope, $"The service token '{token.Name}' is for {VisibleText.From(only)} only, and this is about all that concerns you. Use a token without a computer.");
        return need.Computer is { } computer && !new CallerId(default, only).MayUse(computer)
            ? Refusals.OtherComputer(only)
            : ViewOf(token);
    }

    public static TokenView ViewOf(StoredToken token) => new(token.Id, token.Name, token.Right, token.Computer, token.MadeAt, token.ExpiresAt);

    public static Refusal NotFound(string tokenId) => new(ProblemCodes.TokenNotFound,
        string.Create(CultureInfo.InvariantCulture, $"You have no service token '{VisibleText.From(tokenId)}'. 'orleanskd tokens list' shows yours."));

    private static bool IsSame(string kept, string shown) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(kept), Encoding.UTF8.GetBytes(shown));

    private static Refusal Invalid(string message) => new(ProblemCodes.InvalidRequest, message);
}
