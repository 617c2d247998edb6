using System.Globalization;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>
/// Transport strings of <c>-remote</c>, as Microsoft's debugger documentation lists them: <c>npipe:server=S,pipe=P</c>,
/// <c>tcp:server=S,port=N</c>, <c>spipe:</c>, <c>ssl:</c>, <c>com:port=P,baud=N,channel=C</c>, each with <c>password=</c>.
/// </summary>
internal static class RemoteTransport
{
    private static readonly Dictionary<string, string[]> Required = new(StringComparer.OrdinalIgnoreCase)
    {
        ["npipe"] = ["server", "pipe"],
        ["tcp"] = ["server", "port"],
        ["spipe"] = ["proto", "server", "pipe"],
        ["ssl"] = ["proto", "server", "port"],
        ["com"] = ["port", "baud", "channel"],
    };

    /// <summary>The string behind <c>-remote</c>, which stands first on the command line; null when there is none.</summary>
    public static string? In(IReadOnlyList<string> arguments) => arguments is ["-remote", ..] ? arguments.ElementAtOrDefault(1) ?? "" : null;

    /// <summary>What is wrong with it, naming the part; null when nothing is.</summary>
    public static string? ProblemOf(string transport)
    {
        var colon = transport.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? transport : transport[..colon];
        if (colon < 0 || !Required.TryGetValue(kind, out var required))
            return $"'{VisibleText.From(kind)}' is no transport; it begins with npipe:, tcp:, spipe:, ssl: or com:.";
        var given = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in transport[(colon + 1)..].Split(','))
        {
            var pair = part.Split('=', 2);
            given[pair[0].Trim()] = pair.Length == 2 ? pair[1].Trim() : "";
        }
        foreach (var name in required)
        {
            if (!given.TryGetValue(name, out var value))
                return $"{kind}: needs {name}=….";
            if (value.Length == 0)
                return $"{name}= has no value.";
        }
        if (kind.Equals("tcp", StringComparison.OrdinalIgnoreCase) || kind.Equals("ssl", StringComparison.OrdinalIgnoreCase))
        {
            if (!int.TryParse(given["port"], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535)
                return $"port={VisibleText.From(given["port"])} is no port (1 to 65535).";
        }
        return null;
    }
}
