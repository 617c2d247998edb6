using System.Globalization;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>
/// Transport strings of <c>-remote</c> and <c>-server</c>, as Microsoft's debugger documentation lists them:
/// <c>npipe:server=S,pipe=P</c>, <c>tcp:server=S,port=N</c>, <c>spipe:proto=R,certuser=C,server=S,pipe=P</c>, <c>ssl:proto=R,certuser=C,server=S,port=N</c>
/// (also <c>machuser=</c>), <c>com:port=P,baud=N,channel=C</c>, each with <c>password=</c>. <c>clicon=</c> stands for a connection made by the
/// server; a server has no <c>server=</c>, and takes a range of ports (<c>port=5000:5010</c>).
/// </summary>
internal static class KdTransport
{
    // An alternative's names are separated by a bar.
    private static readonly Dictionary<string, string[]> Required = new(StringComparer.OrdinalIgnoreCase)
    {
        ["npipe"] = ["server", "pipe"],
        ["tcp"] = ["server|clicon", "port"],
        ["spipe"] = ["proto", "certuser|machuser", "server", "pipe"],
        ["ssl"] = ["proto", "certuser|machuser", "server|clicon", "port"],
        ["com"] = ["port", "baud", "channel"],
    };

    /// <summary>Whether it begins like one.</summary>
    public static bool IsTransport(string? text) => text?.Split(':', 2) is [var kind, _] && Required.ContainsKey(kind);

    /// <summary>What is wrong with it, naming the part; null when nothing is.</summary>
    public static string? ProblemOf(string transport, bool isServer = false)
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
        foreach (var names in required.Where(names => !isServer || !names.StartsWith("server", StringComparison.Ordinal)))
        {
            var alternatives = names.Split('|');
            if (alternatives.FirstOrDefault(given.ContainsKey) is not { } name)
                return $"{kind}: needs {string.Join(" or ", alternatives.Select(alternative => $"{alternative}=…"))}.";
            if (given[name].Length == 0)
                return $"{name}= has no value.";
        }
        return kind.ToUpperInvariant() switch
        {
            "TCP" or "SSL" => PortProblem(given["port"], isServer),
            "COM" when !IsNumber(given["baud"]) => $"baud={VisibleText.From(given["baud"])} is no number.",
            "COM" when !IsNumber(given["channel"]) => $"channel={VisibleText.From(given["channel"])} is no number.",
            _ => null,
        };
    }

    private static string? PortProblem(string port, bool isServer)
    {
        var ends = isServer ? port.Split(':', 2) : [port];
        return ends.All(IsPort) ? null : $"port={VisibleText.From(port)} is no port (1 to 65535).";
    }

    private static bool IsPort(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65_535;

    private static bool IsNumber(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
