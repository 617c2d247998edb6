using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansKd.Silo.Hosting;

/// <summary>Refuses to start an edge that would send tokens and debugger output in the clear.</summary>
internal sealed class EdgeExposureValidator(IConfiguration configuration) : IValidateOptions<EdgeOptions>
{
    public ValidateOptionsResult Validate(string? name, EdgeOptions options)
    {
        List<string> failures = [];
        foreach (var address in ListenAddresses.Of(configuration).Where(address => !ListenAddresses.IsLoopback(address)))
        {
            if (!address.Scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase))
            {
                if (!options.BehindTlsProxy)
                {
                    failures.Add($"The edge would listen on {address} without TLS, and everybody on the way could read access tokens and what the debugger prints. Listen on https, or on loopback only; or, when a proxy " +
                        "ends TLS in front of it and nobody else reaches this address, set OrleansKd:Edge:BehindTlsProxy to true and OrleansKd:Edge:TrustedProxies to the proxy's address.");
                }
            }
            else if (!HasCertificate())
            {
                failures.Add($"The edge would listen on {address} and has no certificate. Set Kestrel:Certificates:Default:Path and :KeyPath to PEM files (or :Path and :Password to a PFX file).");
            }
        }
        failures.AddRange(options.TrustedProxies.Where(proxy => !IPNetwork.TryParse(proxy, out _) && !IPAddress.TryParse(proxy, out _))
            .Select(proxy => $"OrleansKd:Edge:TrustedProxies has '{proxy}'; it must be an IP address, or a network such as 10.0.0.0/8."));
        failures.AddRange(options.AllowedOrigins.Where(origin => !Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin)
            .Select(origin => $"OrleansKd:Edge:AllowedOrigins has '{origin}'; it must be scheme, host and port alone, such as https://debug.contoso.example."));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private bool HasCertificate() => configuration["Kestrel:Certificates:Default:Path"] is { Length: > 0 } || configuration["Kestrel:Certificates:Default:Subject"] is { Length: > 0 }
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any(endpoint => endpoint.GetSection("Certificate").Exists());
}

/// <summary>Which addresses Orleans' own ports may have: whoever reaches a gateway can call any grain in anybody's name.</summary>
internal static class PrivateAddresses
{
    private static readonly IPNetwork[] Networks =
    [
        // RFC 1918; RFC 6598 (carrier and cloud internal); link-local; unique local and link-local of IPv6.
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    public static bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(plain) || Networks.Any(network => network.Contains(plain));
    }
}
