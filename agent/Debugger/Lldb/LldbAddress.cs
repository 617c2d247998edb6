using System.Globalization;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Lldb;

/// <summary>
/// Addresses of servers, as lldb's help tells them: <c>gdb-remote [HOST:]PORT</c>, and for <c>process connect</c> and <c>platform connect</c> a URL
/// such as <c>connect://HOST:PORT</c>.
/// </summary>
internal static class LldbAddress
{
    /// <summary>Schemes with a port; the others name a path or a descriptor.</summary>
    private static readonly string[] WithPort = ["connect", "tcp", "udp", "tcp-connect", "gdb-remote"];

    /// <summary>What is wrong with the address behind <c>gdb-remote</c>; null when nothing is.</summary>
    public static string? ProblemOfStub(string address)
    {
        if (address.Length == 0)
            return "it names no address. Write HOST:PORT.";
        if (address.Contains("://", StringComparison.Ordinal))
            return ProblemOfUrl(address);
        return ProblemOfPort(address.Split('/')[0] is var host && host.LastIndexOf(':') is var colon and >= 0 ? host[(colon + 1)..] : address);
    }

    /// <summary>What is wrong with a URL; null when nothing is.</summary>
    public static string? ProblemOfUrl(string url)
    {
        if (url.Length == 0)
            return "it names no address. Write connect://HOST:PORT.";
        if (url.IndexOf("://", StringComparison.Ordinal) is not (var end and > 0))
            return $"'{VisibleText.From(url)}' names no kind of connection. Write connect://HOST:PORT.";
        var rest = url[(end + 3)..];
        if (!WithPort.Contains(url[..end]))
            return rest.Length == 0 ? $"nothing stands behind '{VisibleText.From(url)}'." : null;
        // The colons of an IPv6 address stand in brackets.
        var host = rest.Split('/')[0];
        var colon = host.LastIndexOf(':');
        return colon < 0 || colon < host.LastIndexOf(']') ? $"'{VisibleText.From(url)}' names no port. Write connect://HOST:PORT." : ProblemOfPort(host[(colon + 1)..]);
    }

    private static string? ProblemOfPort(string port) => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65_535
        ? null
        : $"'{VisibleText.From(port)}' is no port (1 to 65535).";
}
