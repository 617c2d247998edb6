using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansKd.Tui.Tests.SignIn;

/// <summary>An authority's discovery document, keys and token endpoint, on a real port. A refresh token is taken once.</summary>
public sealed class ScriptedAuthority : IAsyncDisposable
{
    private readonly WebApplication app;
    private int issued;

    private ScriptedAuthority(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    public string RefreshToken { get; private set; } = "refresh-0";

    public int Issued => issued;

    public static async Task<ScriptedAuthority> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var authority = new ScriptedAuthority(app);
        app.MapGet("/.well-known/openid-configuration", (HttpRequest request) =>
        {
            var issuer = $"http://{request.Host}";
            return Results.Json(new { issuer, token_endpoint = issuer + "/token", jwks_uri = issuer + "/keys" });
        });
        app.MapGet("/keys", () => Results.Json(new { keys = Array.Empty<object>() }));
        app.MapPost("/token", authority.Renew);
        await app.StartAsync();
        authority.Address = new Uri(app.Urls.Single());
        return authority;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> Renew(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
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
