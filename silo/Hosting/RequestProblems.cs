using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;

namespace OrleansKd.Silo.Hosting;

/// <summary>Requests that no endpoint can read, answered as problem details that name the part that is wrong.</summary>
internal sealed partial class RequestProblems(RequestDelegate next)
{
    /// <summary>Characters of a caller's own text in an answer: enough to recognise it.</summary>
    private const int QuotedLength = 100;

    /// <summary>Of a body that is too long, so much is taken and thrown away.</summary>
    private const int DroppedBytes = 4 * 1024 * 1024;

    public async Task InvokeAsync(HttpContext context)
    {
        // Before anything else answers: a long body that nobody reads ends the connection as well.
        if (context.Request.ContentLength > context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize)
        {
            await RefuseLongBodyAsync(context);
            return;
        }
        if (context.Request.Path.StartsWithSegments("/api") && !IsUncompressedUtf8(context.Request))
        {
            await Problems.Http(Problems.OfStatus(StatusCodes.Status415UnsupportedMediaType)).ExecuteAsync(context);
            return;
        }
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            // Of a chunked body the length shows only when it is read.
            if (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
                await RefuseLongBodyAsync(context);
            else
                await Problems.Http(RefusalOf(exception)).ExecuteAsync(context);
        }
    }

    /// <summary>The connection ends after the answer, which must say so: a client that does not know sends its next request into a closed one.</summary>
    private static Task RefuseLongBodyAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        // Most clients look for an answer only when they have sent all of it.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = DroppedBytes;
        return Problems.Http(Problems.OfStatus(StatusCodes.Status413PayloadTooLarge)).ExecuteAsync(context);
    }

    /// <summary>What the framework would answer with a fault: it reads other encodings, but not every name of one.</summary>
    private static bool IsUncompressedUtf8(HttpRequest request) => request.Headers.ContentEncoding.Count == 0
        && (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.Charset.HasValue || type.Encoding is UTF8Encoding);

    private static Refusal RefusalOf(BadHttpRequestException exception) => exception switch
    {
        { StatusCode: not StatusCodes.Status400BadRequest } => Problems.OfStatus(exception.StatusCode),
        { InnerException: JsonException json } => new(ProblemCodes.InvalidRequest, UnknownMember().Match(json.Message) is { Success: true } match
            ? $"The body has a field '{Quoted(match.Groups[1].Value)}' that this address does not know."
            : $"The body is not the JSON that this address takes, at '{Quoted(json.Path ?? "$")}' in line {json.LineNumber + 1}. {Routes.OpenApi} describes it."),
        _ when Parameter().Match(exception.Message) is { Success: true } match =>
            new(ProblemCodes.InvalidRequest, $"'{match.Groups[1].Value}' is missing, or is not of its type. {Routes.OpenApi} describes it."),
        _ => Problems.OfStatus(StatusCodes.Status400BadRequest),
    };

    private static string Quoted(string text) => VisibleText.From(text.Length <= QuotedLength ? text : text[..QuotedLength] + "…");

    [GeneratedRegex("^The JSON property '(.*)' could not be mapped to any .NET member", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex UnknownMember();

    [GeneratedRegex("parameter \"[^\" ]+ ([A-Za-z]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
