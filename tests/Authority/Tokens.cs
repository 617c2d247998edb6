using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OrleansKd.TestAuthority;

/// <summary>A user of the test authority; travels inside the sealed refresh token, so the authority stores nobody.</summary>
/// <param name="LifetimeSeconds">Of access tokens, 3,600 unless told; tests ask for short ones.</param>
/// <param name="Subject">Another identity with the same address; by default the address decides.</param>
internal sealed record User(string Email, string Name, string? Audience = null, bool EmailVerified = true, int LifetimeSeconds = 3600, string? Subject = null);

/// <summary>Makes access tokens and the refresh tokens that lead to new ones.</summary>
internal sealed class Tokens(SigningKeys keys, TimeProvider time)
{
    private readonly JsonWebTokenHandler handler = new();

    public string AccessToken(User user, string issuer)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = user.Audience ?? "orleanskd",
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddSeconds(user.LifetimeSeconds),
            TokenType = "at+jwt",
            SigningCredentials = new SigningCredentials(keys.Signing, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = user.Subject ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user.Email)))[..32],
                ["email"] = user.Email,
                ["email_verified"] = user.EmailVerified,
                ["name"] = user.Name,
            },
        });
    }

    public string RefreshToken(User user)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(user);
        return $"{Base64UrlEncoder.Encode(payload)}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(keys.Secret, payload))}";
    }

    /// <summary>Null when this authority did not make it.</summary>
    public User? Open(string? refreshToken)
    {
        var parts = refreshToken?.Split('.') ?? [];
        if (parts.Length != 2)
            return null;
        try
        {
            var payload = Base64UrlEncoder.DecodeBytes(parts[0]);
            var isOurs = CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(keys.Secret, payload), Base64UrlEncoder.DecodeBytes(parts[1]));
            return isOurs ? JsonSerializer.Deserialize<User>(payload) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
