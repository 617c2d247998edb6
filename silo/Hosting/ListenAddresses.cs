using System.Net;
using Microsoft.AspNetCore.Http;

namespace OrleansKd.Silo.Hosting;

/// <summary>Where the settings say that this process listens for HTTP, before it does.</summary>
internal static class ListenAddresses
{
    /// <summary>As the framework reads them: endpoints of section <c>Kestrel</c>, else <c>urls</c>, else ports, else its default on loopback.</summary>
    public static IReadOnlyList<BindingAddress> Of(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToArray();
        string[] urls = endpoints.Length > 0 ? endpoints : Parts(configuration["urls"]);
        if (urls.Length == 0)
            urls = [.. Parts(configuration["http_ports"]).Select(port => $"http://*:{port}"), .. Parts(configuration["https_ports"]).Select(port => $"https://*:{port}")];
        return [.. (urls.Length > 0 ? urls : ["http://localhost:5000"]).Select(BindingAddress.Parse)];
    }

    public static bool IsLoopback(BindingAddress address) => address.IsUnixPipe || address.IsNamedPipe
        || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));

    private static string[] Parts(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
