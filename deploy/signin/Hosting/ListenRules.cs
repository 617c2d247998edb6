using System.Net;

namespace OrleansKd.SignIn.Hosting;

/// <summary>Where this may listen. Codes and tokens never travel readable through a network.</summary>
internal static class ListenRules
{
    public const string DefaultUrl = "http://127.0.0.1:5090";

    public static string[] UrlsIn(IConfiguration configuration) =>
        (configuration["urls"] is { Length: > 0 } urls ? urls : DefaultUrl).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Nothing when it may listen there.</summary>
    public static IEnumerable<string> ProblemsOf(string[] urls, SignInOptions options)
    {
        var hasCertificate = options.Certificate.File.Length > 0;
        foreach (var text in urls)
        {
            if (!Uri.TryCreate(text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                yield return $"--urls names '{text}', which is no address; it looks like https://0.0.0.0:5091.";
            else if (url.Scheme == Uri.UriSchemeHttps && !hasCertificate)
                yield return $"It would listen on {text} without a certificate. Name its PEM file with OrleansKd:SignIn:Certificate:File (and :KeyFile).";
            else if (url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback && options.TlsProxies.Length == 0)
                yield return $"It would listen on {text}, which others can reach, without TLS: whoever listens on the network would read codes and tokens and sign in as somebody else. Use https with a certificate (OrleansKd:SignIn:Certificate:File), or, behind a proxy that ends TLS, name that proxy's address with OrleansKd:SignIn:TlsProxies.";
        }
        foreach (var proxy in options.TlsProxies.Where(proxy => !IPAddress.TryParse(proxy, out _)))
            yield return $"OrleansKd:SignIn:TlsProxies names '{proxy}', which is no IP address.";
        foreach (var file in new[] { options.Certificate.File, options.Certificate.KeyFile }.Where(file => file.Length > 0 && !File.Exists(file)))
            yield return $"OrleansKd:SignIn:Certificate names '{file}', which is not there.";
        if (IssuerProblem(urls, options) is { } problem)
            yield return problem;
    }

    /// <summary>The issuer that options name, else the one address where it listens.</summary>
    public static Uri IssuerOf(string[] urls, SignInOptions options) => new(options.Issuer.Length > 0 ? options.Issuer : urls[0]);

    private static string? IssuerProblem(string[] urls, SignInOptions options)
    {
        if (options.Issuer.Length == 0)
        {
            return urls is [var only] && Uri.TryCreate(only, UriKind.Absolute, out var url) && url.IsLoopback && url.Port != 0
                ? null
                : "OrleansKd:SignIn:Issuer is not set; name the https address at which everybody reaches this sign-in. Accounts are bound to it.";
        }
        if (!Uri.TryCreate(options.Issuer, UriKind.Absolute, out var issuer) || issuer.Query.Length + issuer.Fragment.Length > 0 || issuer.AbsolutePath != "/")
            return $"OrleansKd:SignIn:Issuer is '{options.Issuer}'; it must be an address without a path, such as https://sign-in.contoso.example.";
        return issuer.Scheme == Uri.UriSchemeHttps || issuer.IsLoopback
            ? null
            : $"OrleansKd:SignIn:Issuer {issuer} has no TLS and is not on this machine. Use https.";
    }
}
