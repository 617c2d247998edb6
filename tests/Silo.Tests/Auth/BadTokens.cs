using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansKd.Contracts;
using OrleansKd.Silo.Tests.Edge;

namespace OrleansKd.Silo.Tests.Auth;

/// <summary>What a thief, a forger or a confused program may send in place of the host's token.</summary>
internal static class BadTokens
{
    /// <summary>By name; null: none at all.</summary>
    public static async Task<IReadOnlyDictionary<string, string?>> MakeAsync(EdgeFixture edge)
    {
        var good = await edge.HostToken();
        var parts = good.Split('.');
        using var own = RSA.Create(2048);
        var tokens = new Dictionary<string, string?>
        {
            ["none"] = null,
            ["no token at all"] = "not-a-token",
            ["another signature"] = $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(256))}",
            ["another payload"] = $"{parts[0]}.{Changed(parts[1], payload => payload["email"] = "admin@contoso.example")}.{parts[2]}",
            ["alg=none"] = $"{Changed(parts[0], header => header["alg"] = "none")}.{parts[1]}.",
            ["alg=none, signature kept"] = $"{Changed(parts[0], header => header["alg"] = "none")}.{parts[1]}.{parts[2]}",
            ["wrong audience"] = await edge.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host", Audience = "somebody-else" }),
            ["expired"] = await edge.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host", LifetimeSeconds = -3600 }),
            ["same address, another subject"] = await edge.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host", Subject = "somebody-else" }),
            ["same address, not verified"] = await edge.Servers.TokenAsync(new { Email = "host@contoso.example", Name = "Hanna Host", EmailVerified = false }),
            ["signed by a stranger in the issuer's name"] = Signed(own, parts[0], parts[1]),
            ["another issuer"] = Signed(own, parts[0], Changed(parts[1], payload => payload["iss"] = "https://evil.example")),
            ["a key that the token brings along"] = Signed(own, Changed(parts[0], header => header["jwk"] = Jwk(own)), parts[1]),
        };
        var (service, strangers) = (await ServiceTokenAsync(edge, good), await ServiceTokenAsync(edge, await edge.ClientToken()));
        tokens["service token, nothing of it"] = "okd_";
        tokens["service token, cut"] = service[..^1];
        tokens["service token, another secret"] = $"{service[..service.LastIndexOf('.')]}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
        tokens["service token, another id"] = string.Join('.', service.Split('.') switch { var text => (string[])[text[0], "0123456789abcdef", text[2]] });
        tokens["service token of somebody else, with the host's name"] = string.Join('.', [service.Split('.')[0], .. strangers.Split('.')[1..]]);
        tokens["service token, revoked"] = await RevokedAsync(edge, good, await ServiceTokenAsync(edge, good));
        // Accepted by validators that take any algorithm: the "secret" is what everybody can read at the authority.
        foreach (var (name, secret) in await PublicKeysAsync(edge))
            tokens[$"key confusion, {name}"] = WithMac(secret, Changed(parts[0], header => header["alg"] = "HS256"), parts[1]);
        return tokens;
    }

    private static async Task<string> ServiceTokenAsync(EdgeFixture edge, string signedIn)
    {
        using var answer = await edge.SendAsync(HttpMethod.Post, Routes.Tokens, signedIn, new MakeTokenRequest($"{Guid.NewGuid()}", TokenRight.Host));
        return (await answer.Content.ReadFromJsonAsync<MadeToken>(WireJson.Options, TestContext.Current.CancellationToken))!.Token;
    }

    private static async Task<string> RevokedAsync(EdgeFixture edge, string signedIn, string token)
    {
        using var before = await edge.SendAsync(HttpMethod.Get, Routes.Me, token);
        using var answer = await edge.SendAsync(HttpMethod.Delete, Routes.ForToken(token.Split('.')[1]), signedIn);
        Assert.Equal((System.Net.HttpStatusCode.OK, System.Net.HttpStatusCode.NoContent), (before.StatusCode, answer.StatusCode));
        return token;
    }

    private static async Task<(string Name, byte[] Secret)[]> PublicKeysAsync(EdgeFixture edge)
    {
        var keys = (await edge.Http.GetFromJsonAsync<JsonNode>(new Uri(edge.Servers.Authority, "/keys"), TestContext.Current.CancellationToken))!;
        var key = keys["keys"]![0]!;
        using var rsa = RSA.Create(new RSAParameters { Modulus = Base64Url.DecodeFromChars((string)key["n"]!), Exponent = Base64Url.DecodeFromChars((string)key["e"]!) });
        return
        [
            ("PEM", Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem())),
            ("PEM and a line's end", Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem() + "\n")),
            ("DER", rsa.ExportSubjectPublicKeyInfo()),
            ("modulus", Base64Url.DecodeFromChars((string)key["n"]!)),
            ("modulus as text", Encoding.UTF8.GetBytes((string)key["n"]!)),
        ];
    }

    private static string Changed(string part, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();
        change(json);
        return Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
    }

    private static string Signed(RSA key, string header, string payload) =>
        $"{header}.{payload}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes($"{header}.{payload}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";

    private static string WithMac(byte[] secret, string header, string payload) =>
        $"{header}.{payload}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{header}.{payload}")))}";

    private static JsonObject Jwk(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject { ["kty"] = "RSA", ["e"] = Base64Url.EncodeToString(parameters.Exponent), ["n"] = Base64Url.EncodeToString(parameters.Modulus) };
    }
}
