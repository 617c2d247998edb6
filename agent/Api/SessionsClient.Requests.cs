using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>How requests are sent, and which of them may be sent again.</summary>
public sealed partial class SessionsClient
{
    private async Task<T> Get<T>(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await Send(request, cancellationToken);
        return await Read<T>(response, cancellationToken);
    }

    private async IAsyncEnumerable<T> GetPages<T>(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? page = path; page is not null;)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, page);
            using var response = await Send(request, cancellationToken);
            yield return await Read<T>(response, cancellationToken);
            page = NextPage(response);
        }
    }

    /// <summary>The header is <c>&lt;/api/…&gt;; rel="next"</c>; null: there is no more.</summary>
    private static string? NextPage(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var links) && links.First().Split('<', '>') is [_, ['/', ..] next, _] ? next : null;

    private static string OperatorOf(string sessionId, string email) =>
        Routes.For(Routes.Operator, sessionId).Replace("{email}", Uri.EscapeDataString(email), StringComparison.Ordinal);

    private Task Delete(string path, CancellationToken cancellationToken) => SendAgain<object?>(HttpMethod.Delete, path, null, cancellationToken);

    /// <summary>Never sent twice when it may have arrived.</summary>
    private async Task Post<T>(string path, T body, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, path, body);
        using var response = await Send(request, cancellationToken);
    }

    /// <summary>Under a new key: the server acts on it once, however often it arrives.</summary>
    private async Task PostOnce<T>(string path, T body, CancellationToken cancellationToken)
    {
        using var request = Named(Request(HttpMethod.Post, path, body));
        using var response = await Send(request, cancellationToken);
    }

    private async Task<TResponse> PostOnce<TRequest, TResponse>(string path, TRequest body, CancellationToken cancellationToken)
    {
        using var request = Named(Request(HttpMethod.Post, path, body));
        using var response = await Send(request, cancellationToken);
        return await Read<TResponse>(response, cancellationToken);
    }

    /// <summary>For what changes nothing when it is so already (<see cref="RepeatOnce.IsHarmless"/>).</summary>
    private Task PostAgain<T>(string path, T body, CancellationToken cancellationToken) => SendAgain(HttpMethod.Post, path, body, cancellationToken);

    private async Task<TResponse> PostAgain<TRequest, TResponse>(string path, TRequest body, CancellationToken cancellationToken)
    {
        using var request = Harmless(Request(HttpMethod.Post, path, body));
        using var response = await Send(request, cancellationToken);
        return await Read<TResponse>(response, cancellationToken);
    }

    private async Task SendAgain<T>(HttpMethod method, string path, T body, CancellationToken cancellationToken)
    {
        using var request = Harmless(Request(method, path, body));
        using var response = await Send(request, cancellationToken);
    }

    /// <summary>Without a body the runtime itself would send a request again, and nobody would know that its answer is a second one.</summary>
    private static HttpRequestMessage Request<T>(HttpMethod method, string path, T body) =>
        new(method, path) { Content = body is null ? new ByteArrayContent([]) : JsonContent.Create(body, options: WireJson.Options) };

    private static HttpRequestMessage Named(HttpRequestMessage request)
    {
        request.Headers.Add(RequestHeaders.IdempotencyKey, Guid.NewGuid().ToString("N"));
        return request;
    }

    private static HttpRequestMessage Harmless(HttpRequestMessage request)
    {
        request.Options.Set(RepeatOnce.IsHarmless, true);
        return request;
    }

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException problem)
        {
            throw ServerProblems.Unreachable(Server, problem);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw ServerProblems.Unreachable(Server, problem);
        }
    }

    private async Task<T> Read<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(WireJson.Options, cancellationToken) ?? throw ServerProblems.NotThisServer(Server, "an empty answer");
        }
        catch (Exception problem) when (problem is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw ServerProblems.NotThisServer(Server, problem.Message);
        }
    }
}
