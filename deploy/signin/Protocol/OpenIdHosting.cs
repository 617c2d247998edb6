using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OrleansKd.SignIn.Attempts;
using OrleansKd.SignIn.Hosting;
using OrleansKd.SignIn.Keys;
using OrleansKd.SignIn.Store;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OrleansKd.SignIn.Protocol;

/// <summary>The protocol is OpenIddict's: device authorization, refresh, revocation, discovery, keys. Ours are limits and people.</summary>
internal static class OpenIdHosting
{
    public const string ClientId = "orleanskd";

    public static void AddOpenId(this IServiceCollection services, Uri issuer)
    {
        services.AddDbContext<SignInDb>((provider, db) => db
            .UseSqlite($"Data Source={Schema.FileIn(provider.GetRequiredService<IOptions<SignInOptions>>().Value.Data)}")
            .UseOpenIddict());
        services.AddScoped<People>();
        services.AddScoped<UserCodes>();
        services.AddSingleton<PendingDevices>();
        services.AddSingleton<KeyRing>();
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<SignInDb>())
            .AddServer(server =>
            {
                server.SetIssuer(issuer)
                    .SetDeviceAuthorizationEndpointUris(Endpoints.Authorization)
                    .SetTokenEndpointUris(Endpoints.Token)
                    .SetRevocationEndpointUris(Endpoints.Revocation)
                    .SetEndUserVerificationEndpointUris(Endpoints.Device)
                    .AllowDeviceAuthorizationFlow()
                    .AllowRefreshTokenFlow()
                    .RegisterScopes(Scopes.Email, Scopes.Profile)
                    .SetUserCodeCharset(DeviceCode.Letters)
                    .SetUserCodeLength(DeviceCode.Length)
                    .SetUserCodeDisplayFormat("{0}{1}{2}{3}-{4}{5}{6}{7}")
                    .UseReferenceRefreshTokens()
                    // Silos read them.
                    .DisableAccessTokenEncryption();
                server.AddEventHandler<ApplyDeviceAuthorizationResponseContext>(handler => handler.UseSingletonHandler<AnswerToDevice>().SetOrder(int.MinValue));
                server.AddEventHandler<ExtractEndUserVerificationRequestContext>(handler => handler.UseScopedHandler<PendingCodesOnly>().SetOrder(int.MaxValue));
                server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseSingletonHandler<SlowDown>().SetOrder(int.MinValue));
                server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseScopedHandler<RefreshCheck>());
                server.AddEventHandler<HandleRevocationRequestContext>(handler => handler.UseScopedHandler<FamilyRevocation>());
                var host = server.UseAspNetCore().EnableEndUserVerificationEndpointPassthrough();
                if (issuer.Scheme == Uri.UriSchemeHttp)
                    host.DisableTransportSecurityRequirement();
            });
        services.AddOptions<OpenIddictServerOptions>().Configure<IOptions<SignInOptions>>((server, options) =>
        {
            server.AccessTokenLifetime = options.Value.AccessTokenLifetime;
            server.RefreshTokenLifetime = options.Value.RefreshTokenLifetime;
            server.RefreshTokenReuseLeeway = options.Value.RefreshReuseLeeway;
            server.DeviceCodeLifetime = server.UserCodeLifetime = options.Value.DeviceCodeLifetime;
        });
        services.AddSingleton<ServerKeys>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(provider => provider.GetRequiredService<ServerKeys>());
        services.AddSingleton<IPostConfigureOptions<OpenIddictServerOptions>>(provider => provider.GetRequiredService<ServerKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(provider => provider.GetRequiredService<ServerKeys>());
        services.AddHostedService<KeyRotation>();
        services.AddHostedService<Pruning>();
    }

    /// <summary>The one client that there is: <c>orleanskd</c>, which can keep no secret.</summary>
    public static async Task RegisterClientAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var applications = services.GetRequiredService<IOpenIddictApplicationManager>();
        var client = new OpenIddictApplicationDescriptor
        {
            ClientId = ClientId,
            ClientType = ClientTypes.Public,
            ConsentType = ConsentTypes.Explicit,
            DisplayName = "orleanskd",
            Permissions =
            {
                Permissions.Endpoints.DeviceAuthorization, Permissions.Endpoints.Token, Permissions.Endpoints.Revocation,
                Permissions.GrantTypes.DeviceCode, Permissions.GrantTypes.RefreshToken, Permissions.Scopes.Email, Permissions.Scopes.Profile,
            },
        };
        if (await applications.FindByClientIdAsync(ClientId, cancellationToken) is { } found)
            await applications.UpdateAsync(found, client, cancellationToken);
        else
            await applications.CreateAsync(client, cancellationToken);
    }
}
