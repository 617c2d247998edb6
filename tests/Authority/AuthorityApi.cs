using Microsoft.IdentityModel.Tokens;

namespace OrleansKd.TestAuthority;

/// <summary>What any authority answers, and one thing that none must: users for the asking.</summary>
internal static class AuthorityApi
{
    public static void MapAuthority(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/openid-configuration", (HttpRequest request) => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = IssuerOf(request),
            ["jwks_uri"] = $"{IssuerOf(request)}/keys",
            ["token_endpoint"] = $"{IssuerOf(request)}/token",
            ["grant_types_supported"] = new[] { "refresh_token" },
            ["response_types_supported"] = new[] { "token" },
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        }));
        routes.MapGet("/keys", (SigningKeys keys) =>
        {
            var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(keys.Signing.Rsa.ExportParameters(includePrivateParameters: false)) { KeyId = keys.Signing.KeyId });
            return Results.Json(new { keys = new[] { new { kty = key.Kty, use = "sig", alg = "RS256", kid = key.Kid, n = key.N, e = key.E } } });
        });
        routes.MapPost("/token", async (HttpRequest request, Tokens tokens) =>
        {
            var form = await request.ReadFormAsync();
            if (form["grant_type"] != "refresh_token")
                return Error("unsupported_grant_type");
            return tokens.Open(form["refresh_token"]) is { } user ? Answer(user, request, tokens) : Error("invalid_grant");
        }).DisableAntiforgery();
        routes.MapPost("/users", (User user, HttpRequest request, Tokens tokens) => Answer(user, request, tokens));
    }

    private static IResult Answer(User user, HttpRequest request, Tokens tokens) => Results.Json(new
    {
        access_token = tokens.AccessToken(user, IssuerOf(request)),
        token_type = "Bearer",
        expires_in = user.LifetimeSeconds,
        refresh_token = tokens.RefreshToken(user),
    });

    private static IResult Error(string code) => Results.Json(new { error = code }, statusCode: StatusCodes.Status400BadRequest);

    private static string IssuerOf(HttpRequest request) => $"{request.Scheme}://{request.Host}";
}
