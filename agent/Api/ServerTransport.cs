using System.Net;
using System.Net.Http.Headers;
using OrleansKd.Agent.SignIn;

namespace OrleansKd.Agent.Api;

/// <summary>
/// Adds the bearer token, and turns answers that are not successes into <see cref="ProblemException"/>s. A token that is
/// refused is asked for once more, because another process may have signed in meanwhile.
/// </summary>
internal sealed class ServerTransport(Uri server, IAccessTokens tokens, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
            await content.LoadIntoBufferAsync(cancellationToken);
        var token = await tokens.GetAccessTokenAsync(cancellationToken);
        var response = await SendWith(token, request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            tokens.Forget(token);
            var other = await OtherToken(token, cancellationToken);
            if (other is not null)
            {
                response.Dispose();
                response = await SendWith(other, request, cancellationToken);
            }
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await ServerProblems.ReadAsync(server, response, cancellationToken);
    }

    private async Task<string?> OtherToken(string refused, CancellationToken cancellationToken)
    {
        try
        {
            var token = await tokens.GetAccessTokenAsync(cancellationToken);
            return token == refused ? null : token;
        }
        catch (ProblemException)
        {
            // The refusal that the server gave says more than this one.
            return null;
        }
    }

    private Task<HttpResponseMessage> SendWith(string token, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return base.SendAsync(request, cancellationToken);
    }
}
