using System.Globalization;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Gdb;

/// <summary>
/// The address behind <c>target remote</c>, as gdb's manual lists them: <c>HOST:PORT</c>, with <c>tcp:</c>, <c>tcp4:</c>, <c>tcp6:</c>,
/// <c>udp:</c>, <c>udp4:</c> or <c>udp6:</c> in front, a serial line or socket by its path, or a program behind <c>|</c>.
/// </summary>
internal static class GdbAddress
{
    private static readonly string[] Protocols = ["tcp:", "tcp4:", "tcp6:", "udp:", "udp4:", "udp6:"];

    /// <summary>The stub is a program that gdb itself starts, and that ends with it.</summary>
    public static bool IsPipe(string address) => address.StartsWith('|');

    /// <summary>What is wrong with it, naming the part; null when nothing is.</summary>
    public static string? ProblemOf(string address)
    {
        if (address.Length == 0)
            return "it names no address. Write HOST:PORT, the path of a serial line or socket, or | PROGRAM.";
        if (IsPipe(address))
            return address.AsSpan(1).IsWhiteSpace() ? "no program stands behind '|'." : null;
        var rest = Protocols.FirstOrDefault(protocol => address.StartsWith(protocol, StringComparison.Ordinal)) is { } known ? address[known.Length..] : address;
        if (rest.Contains('/', StringComparison.Ordinal) && rest.Length == address.Length)
            return null;
        // The colons of an IPv6 address stand in brackets, or the last one is the port's.
        var colon = rest.LastIndexOf(':');
        if (colon < 0 || colon < rest.LastIndexOf(']'))
            return rest.Length == address.Length && File.Exists(rest) ? null : $"'{VisibleText.From(address)}' names no port. Write HOST:PORT, or the path of a serial line.";
        var port = rest[(colon + 1)..];
        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65_535
            ? null
            : $"'{VisibleText.From(port)}' is no port (1 to 65535).";
    }
}
