namespace OrleansKd.Tui.Model;

/// <summary>Whether arguments mean a session through a KD server or a direct one (rule B4), to warn before it is hosted.</summary>
internal static class DirectSession
{
    public const string Caution =
        "This debugger is connected to its target directly: ending the debugger ends it for everybody, the session can't be " +
        "restored, and a target that is stopped stays stopped. A KD server on another computer (-remote) is strongly recommended.";

    private static readonly string[] Transports = ["tcp:", "npipe:", "spipe:", "ssl:", "com:"];

    /// <summary>True when no <c>-remote TRANSPORT:…</c> is among the arguments. A dash from documentation reads as '-' (rule B3).</summary>
    public static bool Is(string arguments)
    {
        var words = arguments.Split([' ', '\t', '"'], StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index + 1 < words.Length; index++)
        {
            var option = words[index] is ['–' or '—' or '/', .. var rest] ? "-" + rest : words[index];
            if (option.Equals("-remote", StringComparison.OrdinalIgnoreCase)
                && Transports.Any(transport => words[index + 1].StartsWith(transport, StringComparison.OrdinalIgnoreCase)))
                return false;
        }
        return true;
    }
}
