using OrleansKd.Contracts;

namespace OrleansKd.Silo.Auth;

/// <summary>The bearer token that a request carries.</summary>
internal static class BearerToken
{
    private const string Prefix = "Bearer ";

    /// <summary>Of its header, or of its query where that is allowed; null when there is none.</summary>
    public static string? In(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : InQuery(request);
    }

    /// <summary>A browser's WebSocket can't send a header: the token comes in the query, and only the hubs accept it there.</summary>
    public static string? InQuery(HttpRequest request)
    {
        if (!request.Path.StartsWithSegments(Routes.SessionHub) && !request.Path.StartsWithSegments(Routes.AgentHub))
            return null;
        var token = request.Query["access_token"].ToString();
        return token.Length > 0 ? token : null;
    }
}
