using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansKd.Tui.Tests.SignIn;

/// <summary>An authority's discovery document, keys, device and token endpoints, on a real port. A refresh token is taken once.</summary>
public sealed class ScriptedAuthority : IAsyncDisposable
{
    private readonly WebApplication app;
    private int issued;

    private ScriptedAuthority(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    public string RefreshToken { get; private set; } = "refresh-0";

    public int Issued => issued;

    /// <summary>The page that a person opens.</summary>
    public Uri Page => new(Address, "/device");

    /// <summary>What the person in the browser did with the code: nothing yet (null), or what the terminal is told.</summary>
    public string? Decision { get; set; }

    /// <summary>The access token of a person who lets the terminal in.</summary>
    public string DeviceToken { get; init; } = "device-token";

    /// <summary>Codes that were asked for.</summary>
    public int Codes { get; private set; }

    public static async Task<ScriptedAuthority> StartAsync(string deviceToken = "device-token")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var authority = new ScriptedAuthority(app) { DeviceToken = deviceToken };
        app.MapGet("/.well-known/openid-configuration", (HttpRequest request) =>
        {
            var issuer = $"http://{request.Host}";
            return Results.Json(new { issuer, token_endpoint = issuer + "/token", jwks_uri = issuer + "/keys", device_authorization_endpoint = issuer + "/code" });
        });
        app.MapGet("/keys", () => Results.Json(new { keys = Array.Empty<object>() }));
        app.MapPost("/code", () => Results.Json(new
        {
            device_code = "d",
            user_code = $"BCDF-GHJ{++authority.Codes}",
            verification_uri = authority.Page,
            verification_uri_complete = authority.Page + "?code=BCDF-GHJK",
            expires_in = 600,
            interval = 1,
        }));
        app.MapPost("/token", authority.Renew);
        await app.StartAsync();
        authority.Address = new Uri(app.Urls.Single());
        return authority;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> Renew(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (form["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code")
        {
            return Decision is "allow"
                ? Results.Json(new { access_token = DeviceToken, token_type = "Bearer", expires_in = 3600, refresh_token = RefreshToken })
                : Results.Json(new { error = Decision ?? "authorization_pending" }, statusCode: 400);
        }
        lock (app)
        {
            if (form["grant_type"] != "refresh_token" || form["client_id"] != "orleanskd" || form["refresh_token"] != RefreshToken)
                return Results.Json(new { error = "invalid_grant", error_description = "The refresh token was used." }, statusCode: 400);
            issued++;
            RefreshToken = $"refresh-{issued}";
            return Results.Json(new { access_token = $"access-{issued}", token_type = "Bearer", expires_in = 3600, refresh_token = RefreshToken });
        }
    }
}
