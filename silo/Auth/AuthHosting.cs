using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Auth;

/// <summary>Bearer tokens of one authority, for every route but health.</summary>
internal static class AuthHosting
{
    public static IServiceCollection AddOrleansKdAuth(this IServiceCollection services)
    {
        services.AddOptions<AuthOptions>().BindConfiguration("OrleansKd:Auth").ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>();
        services.AddSingleton<Accounts>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<IOptions<AuthOptions>>(Configure);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }

    private static void Configure(JwtBearerOptions bearer, IOptions<AuthOptions> options)
    {
        bearer.Authority = options.Value.Authority;
        bearer.Audience = options.Value.Audience;
        bearer.RequireHttpsMetadata = new Uri(options.Value.Authority).Scheme == Uri.UriSchemeHttps;
        bearer.MapInboundClaims = false;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = options.Value.Audience,
            ValidTypes = ["at+jwt", "JWT"],
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256],
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromSeconds(30),
            NameClaimType = "name",
        };
        bearer.Events = new JwtBearerEvents { OnMessageReceived = TakeBrowsersToken };
    }

    /// <summary>A browser's WebSocket can't send a header: the token comes in the query, and only the hubs accept it there.</summary>
    private static Task TakeBrowsersToken(MessageReceivedContext context)
    {
        var path = context.HttpContext.Request.Path;
        if (path.StartsWithSegments(Routes.SessionHub) || path.StartsWithSegments(Routes.AgentHub))
        {
            var token = context.Request.Query["access_token"].ToString();
            if (token.Length > 0)
                context.Token = token;
        }
        return Task.CompletedTask;
    }
}
