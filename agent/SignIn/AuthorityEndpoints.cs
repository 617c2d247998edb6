using Duende.IdentityModel.Client;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.SignIn;

/// <summary>What an authority's discovery document says.</summary>
internal sealed record AuthorityEndpoints(string Token, string? Device, string? Revocation)
{
    /// <exception cref="ProblemException">It can't be reached, or is no authority.</exception>
    public static async Task<AuthorityEndpoints> ReadAsync(HttpClient http, Uri authority, CancellationToken cancellationToken)
    {
        using var request = new DiscoveryDocumentRequest { Address = authority.AbsoluteUri };
        // Some large authorities have endpoints on several hosts. The document itself comes from the authority, with TLS.
        request.Policy.ValidateEndpoints = false;
        var document = await http.GetDiscoveryDocumentAsync(request, cancellationToken);
        return document.IsError || string.IsNullOrEmpty(document.TokenEndpoint)
            ? throw Unreachable(authority, document.Error ?? "it names no token endpoint")
            : new AuthorityEndpoints(document.TokenEndpoint, document.DeviceAuthorizationEndpoint, document.RevocationEndpoint);
    }

    public static ProblemException Unreachable(Uri authority, string reason) => new(
        ProblemException.ServerUnreachable,
        $"{authority} did not answer as a sign-in does ({VisibleText.From(reason)}). Check that it runs and can be reached, and try again.");
}
