using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Auth;

/// <summary>Bearer tokens of one authority, or service tokens that accounts have made, for every route but health.</summary>
internal static class AuthHosting
{
    /// <summary>The scheme that hands each token to the one that knows it.</summary>
    private const string AnyToken = "AnyToken";

    public static IServiceCollection AddOrleansKdAuth(this IServiceCollection services)
    {
        services.AddOptions<AuthOptions>().BindConfiguration("OrleansKd:Auth").ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>();
        services.AddSingleton<Accounts>();
        services.AddSingleton<KnownTokens>();
        services.AddSingleton<TokenWatch>();
        services.AddAuthentication(AnyToken)
            .AddPolicyScheme(AnyToken, null, scheme => scheme.ForwardDefaultSelector = context =>
                BearerToken.In(context.Request)?.StartsWith(TokenText.Prefix, StringComparison.Ordinal) == true ? ServiceToken.Scheme : JwtBearerDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, ServiceTokenHandler>(ServiceToken.Scheme, null)
            .AddJwtBearer();
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

    private static Task TakeBrowsersToken(MessageReceivedContext context)
    {
        context.Token = BearerToken.InQuery(context.HttpContext.Request) ?? context.Token;
        return Task.CompletedTask;
    }
}
