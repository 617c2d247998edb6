using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Auth;

/// <summary>
/// A service token's text: <c>okd_</c>, then whose it is, its id and its secret, between dots. The user's id is base64url of UTF-8, the id 16
/// hexadecimal digits, the secret base64url of 256 random bits. It says by itself whom to ask, and nothing about what it allows.
/// </summary>
internal sealed record ServiceToken(UserId User, TokenProof Proof)
{
    /// <summary>Of the authentication scheme and the identities that it makes.</summary>
    public const string Scheme = "ServiceToken";

    private const int SecretBytes = 32;
    private const int IdBytes = 8;
    private const string UserClaim = "okd_user";
    private const string TokenClaim = "okd_token";
    private const string HashClaim = "okd_hash";

    /// <summary>Longer than any user's id is as a key.</summary>
    private const int LongestText = 2_000;

    /// <summary>A new token: what is told once, and what is kept.</summary>
    public static (string Text, TokenProof Proof) New(UserId user)
    {
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        return ($"{TokenText.Prefix}{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(user.ToString()))}.{id}.{Base64Url.EncodeToString(secret)}", new TokenProof(id, HashOf(secret)));
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out ServiceToken? token)
    {
        token = null;
        if (text is null || text.Length > LongestText || !text.StartsWith(TokenText.Prefix, StringComparison.Ordinal) || text[TokenText.Prefix.Length..].Split('.') is not [var user, var id, var secret])
            return false;
        if (user.Length == 0 || id.Length != 2 * IdBytes || !Base64Url.IsValid(user) || !Base64Url.IsValid(secret, out var bytes) || bytes != SecretBytes)
            return false;
        if (!UserId.TryFromKey(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(user)), out var whose))
            return false;
        token = new ServiceToken(whose, new TokenProof(id, HashOf(Base64Url.DecodeFromChars(secret))));
        return true;
    }

    /// <summary>Who came with this token; null for somebody who signed in.</summary>
    public static ServiceToken? Of(ClaimsPrincipal? principal)
    {
        var identity = principal?.Identities.FirstOrDefault(item => item.AuthenticationType == Scheme);
        return identity is null ? null : new ServiceToken(UserId.FromKey(identity.FindFirst(UserClaim)!.Value), new TokenProof(identity.FindFirst(TokenClaim)!.Value, identity.FindFirst(HashClaim)!.Value));
    }

    public ClaimsPrincipal ToPrincipal() => new(new ClaimsIdentity(
        [new Claim(UserClaim, User.ToString()), new Claim(TokenClaim, Proof.TokenId), new Claim(HashClaim, Proof.Hash)], Scheme));

    public override string ToString() => $"{User} {Proof.TokenId}";

    private static string HashOf(byte[] secret) => Convert.ToHexStringLower(SHA256.HashData(secret));
}
