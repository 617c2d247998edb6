using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Auth;

/// <summary>
/// Lets somebody in who comes with a service token. Whether it is one, the user's grain says; what it allows is asked again at every action
/// (<see cref="Accounts"/>).
/// </summary>
internal sealed class ServiceTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IGrainFactory grains, KnownTokens known, CallLimits limits)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private Refusal? refusal;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!ServiceToken.TryParse(BearerToken.In(Request), out var token))
            return AuthenticateResult.Fail("Not a service token.");
        // Asking costs an account's grain: from an address that guesses, only what was good before is asked about.
        if (!known.Contains(token) && limits.Suspect(Context.Connection.RemoteIpAddress) is { } tooMany)
            return Refuse(tooMany);
        var outcome = await GrainCalls.TryAsync(() => grains.User(token.User).ProveToken(token.Proof, TokenNeed.ToBeValid));
        if (outcome.Refusal is { } denied)
            return Refuse(denied);
        known.Add(token);
        // A connection that outlives its token is closed by what closes those of expired sign-ins.
        return AuthenticateResult.Success(new AuthenticationTicket(token.ToPrincipal(), new AuthenticationProperties { ExpiresUtc = outcome.Value!.Token.ExpiresAt }, Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refusal is not { } why)
            return base.HandleChallengeAsync(properties);
        if (why.Code is ProblemCodes.NotSignedIn)
            Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return Problems.Http(why).ExecuteAsync(Context);
    }

    private AuthenticateResult Refuse(Refusal why)
    {
        refusal = why;
        return AuthenticateResult.Fail(why.Message);
    }
}
