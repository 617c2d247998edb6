using Microsoft.Extensions.Options;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Auth;

/// <summary>Section <c>OrleansKd:Auth</c>: whose tokens this edge accepts.</summary>
public sealed class AuthOptions
{
    /// <summary>The OpenID Connect authority: its discovery document names issuer and keys.</summary>
    public string Authority { get; set; } = "";

    /// <summary>What a token must be meant for.</summary>
    public string Audience { get; set; } = "orleanskd";

    /// <summary>What <c>orleanskd</c> is called at the authority: a public client with the device authorization grant.</summary>
    public string ClientId { get; set; } = "orleanskd";

    /// <summary>What <c>orleanskd</c> asks for there. Empty: <see cref="DefaultScopes"/>.</summary>
    public string[] Scopes { get; set; } = [];

    /// <summary>
    /// Claims of which one, when it is true, proves that the e-mail address is the bearer's (rule A1). Name only claims that this authority
    /// sets after having looked; an organization's own issuers need none. Empty: <see cref="DefaultProofClaims"/>.
    /// </summary>
    public string[] ProofClaims { get; set; } = [];

    /// <summary>OpenID Connect's own, and Microsoft Entra's "the domain's owner has verified it".</summary>
    internal static readonly string[] DefaultProofClaims = ["email_verified", "xms_edov"];

    /// <summary>Who it is, and a refresh token.</summary>
    internal static readonly string[] DefaultScopes = ["openid", "profile", "email", "offline_access"];

    internal string[] EffectiveScopes => Scopes.Length == 0 ? DefaultScopes : Scopes;

    internal string[] EffectiveProofClaims => ProofClaims.Length == 0 ? DefaultProofClaims : ProofClaims;
}

/// <summary>
/// An authority without TLS is a development one: it is accepted only in the Development environment, only on loopback, and
/// only by an edge that itself listens on loopback alone.
/// </summary>
internal sealed class AuthOptionsValidator(IHostEnvironment environment, IConfiguration configuration) : IValidateOptions<AuthOptions>
{
    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        if (!Uri.TryCreate(options.Authority, UriKind.Absolute, out var authority))
            return ValidateOptionsResult.Fail($"OrleansKd:Auth:Authority is '{options.Authority}'; set it to the https address of your OpenID Connect authority.");
        if (string.IsNullOrWhiteSpace(options.Audience))
            return ValidateOptionsResult.Fail("OrleansKd:Auth:Audience is empty; set it to the audience that your authority writes into tokens for OrleansKd.");
        if (string.IsNullOrWhiteSpace(options.ClientId))
            return ValidateOptionsResult.Fail("OrleansKd:Auth:ClientId is empty; set it to what orleanskd is called at your authority.");
        if (authority.Scheme == Uri.UriSchemeHttps)
            return ValidateOptionsResult.Success;
        if (!environment.IsDevelopment())
            return ValidateOptionsResult.Fail($"OrleansKd:Auth:Authority {authority} has no TLS. That is for development only (DOTNET_ENVIRONMENT=Development); use https.");
        if (!authority.IsLoopback)
            return ValidateOptionsResult.Fail($"OrleansKd:Auth:Authority {authority} has no TLS and is not on this machine. Use https, or an authority on loopback.");
        var open = ListenAddresses.Of(configuration).Where(address => !ListenAddresses.IsLoopback(address)).ToArray();
        return open.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"The edge listens on {string.Join(", ", open.Select(address => address.ToString()))} and trusts an authority without TLS. Listen on loopback only (--urls http://127.0.0.1:PORT), or use an https authority.");
    }
}
