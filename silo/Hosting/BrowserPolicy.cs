using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;

namespace OrleansKd.Silo.Hosting;

/// <summary>
/// What every answer tells a browser (nothing here is a page, a script or a frame), and whose pages may call: this server's own, and those that the
/// settings name. Programs send no <c>Origin</c>.
/// </summary>
internal sealed class BrowserPolicy(RequestDelegate next, IOptionsMonitor<EdgeOptions> options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (!IsOwnOrigin(context.Request))
        {
            await Problems.Http(new Refusal(ProblemCodes.NotPermitted,
                "A page of another origin has sent this request. If it is a page of yours, name its origin in OrleansKd:Edge:AllowedOrigins.")).ExecuteAsync(context);
            return;
        }
        if (context.Request.Path.StartsWithSegments("/api"))
            headers.CacheControl = "no-store";
        await next(context);
    }

    /// <summary>Scheme, host and port, all of them; a browser leaves a default port out in both.</summary>
    private bool IsOwnOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (origin.Count == 0)
            return true;
        return origin.Count == 1 && origin[0] is { } sent
            && (sent.Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase) || options.CurrentValue.AllowedOrigins.Contains(sent, StringComparer.Ordinal));
    }
}
