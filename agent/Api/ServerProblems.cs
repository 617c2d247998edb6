using System.Net;
using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>Reads refusals from what came back, or did not.</summary>
internal static class ServerProblems
{
    /// <summary>Bytes of an answer that are read for its reason: problem details are short.</summary>
    private const int ReasonBytes = 64 * 1024;

    public static ProblemException Unreachable(Uri server, Exception problem) => new(
        ProblemException.ServerUnreachable,
        $"{server} can't be reached ({Reason(problem)}). Check that the server runs and the address is right, or name another with --server.",
        problem);

    /// <summary>Nobody knows whether it was done.</summary>
    public static ProblemException Lost(Uri server, Exception? problem) => new(
        ProblemException.OutcomeUnknown,
        $"The answer of {server} was lost ({(problem is null ? "a server between did not get it" : Reason(problem))}): this may have been done or not. Look before you do it again.",
        problem);

    public static ProblemException NotThisServer(Uri server, string reason) => new(
        ProblemException.ServerUnreachable,
        $"{server} did not answer as an OrleansKd server does ({VisibleText.From(reason)}). Check the address, and that server and client are of the same version.");

    public static async Task<ProblemException> ReadAsync(Uri server, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (await DetailsOf(response, cancellationToken) is var (code, detail))
            return new ProblemException(code, detail);
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new ProblemException(ProblemCodes.NotSignedIn, $"not signed in: {server} does not accept the sign-in{Because(response)}. Sign in again."),
            HttpStatusCode.Forbidden => new ProblemException(ProblemCodes.NotPermitted, $"{server} does not permit this to your account."),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout =>
                new ProblemException(ProblemCodes.Unavailable, $"{server} is not available now (HTTP {(int)response.StatusCode}). Try again in a moment."),
            _ => NotThisServer(server, $"HTTP {(int)response.StatusCode}"),
        };
    }

    private static async Task<(string Code, string Detail)?> DetailsOf(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            await response.Content.LoadIntoBufferAsync(ReasonBytes, cancellationToken);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var details = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
            return Text(details.RootElement, "code") is { } code
                ? (code, Text(details.RootElement, "detail") ?? Text(details.RootElement, "title") ?? code)
                : null;
        }
        catch (Exception problem) when (problem is JsonException or HttpRequestException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement details, string name) =>
        details.ValueKind == JsonValueKind.Object && details.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Because(HttpResponseMessage response)
    {
        var challenge = response.Headers.WwwAuthenticate.FirstOrDefault()?.Parameter;
        return string.IsNullOrEmpty(challenge) ? "" : $" ({VisibleText.From(challenge)})";
    }

    private static string Reason(Exception problem) =>
        problem is OperationCanceledException ? "no answer in time" : VisibleText.From((problem.InnerException ?? problem).Message);
}
