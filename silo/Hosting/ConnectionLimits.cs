using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace OrleansKd.Silo.Hosting;

/// <summary>
/// Connections that may be open at once: of one address, so that one computer can't take all of them, and of all. A proxy that is trusted stands for many
/// and has limits of its own. The framework's limit lets as many WebSockets be open beside as many that are none.
/// </summary>
internal sealed class ConnectionLimits(IOptions<EdgeOptions> options)
{
    private readonly ConcurrentDictionary<IPAddress, int> open = new();
    private readonly TrustedProxies proxies = new(options.Value);
    private int all;

    /// <summary>False: closed at once, before a byte of it is read.</summary>
    private bool TryOpen(IPAddress? address)
    {
        if (Interlocked.Increment(ref all) <= options.Value.Connections && TryOpenOf(address))
            return true;
        Interlocked.Decrement(ref all);
        return false;
    }

    private bool TryOpenOf(IPAddress? address)
    {
        if (address is null || proxies.Contains(address))
            return true;
        if (open.AddOrUpdate(ClientAddress.KeyOf(address), 1, (_, count) => count + 1) <= options.Value.ConnectionsPerAddress)
            return true;
        CloseOf(address);
        return false;
    }

    private void CloseOf(IPAddress? address)
    {
        if (address is null || proxies.Contains(address))
            return;
        var key = ClientAddress.KeyOf(address);
        if (open.AddOrUpdate(key, 0, (_, count) => count - 1) == 0)
            open.TryRemove(new(key, 0));
    }

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (!TryOpen(address))
        {
            connection.Abort();
            return;
        }
        try
        {
            await next(connection);
        }
        finally
        {
            CloseOf(address);
            Interlocked.Decrement(ref all);
        }
    }
}

/// <summary>Addresses and networks of proxies whose word counts (<see cref="EdgeOptions.TrustedProxies"/>).</summary>
internal sealed class TrustedProxies(EdgeOptions options)
{
    public IReadOnlyList<IPNetwork> Networks { get; } = [.. options.TrustedProxies.Select(text =>
        IPNetwork.TryParse(text, out var network) ? network : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : (IPNetwork?)null).OfType<IPNetwork>()];

    public bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Networks.Any(network => network.Contains(plain));
    }
}

/// <summary>Whom an address stands for: one of IPv4, or the network of one IPv6 site, whose computer can take any address in it.</summary>
internal static class ClientAddress
{
    private const int SiteBytes = 8;

    public static IPAddress KeyOf(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (bytes.Length > SiteBytes)
            bytes.AsSpan(SiteBytes).Clear();
        return new IPAddress(bytes);
    }
}
