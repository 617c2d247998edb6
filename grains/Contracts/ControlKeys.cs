namespace OrleansKd.Contracts;

/// <summary>What a debugger does with a control key.</summary>
public enum ControlKeyAction
{
    /// <summary>The key is a Break.</summary>
    Break,

    /// <summary>This debugger leaves its debugging server, which goes on.</summary>
    Leave,

    /// <summary>The key goes to the debugger as it is.</summary>
    Pass,

    /// <summary>The key is not sent.</summary>
    Refuse,
}

/// <param name="Name">What the key does, for people: <c>leave the KD server</c>.</param>
/// <param name="Refusal">Why it is not sent and what to use instead; null unless <paramref name="Action"/> is to refuse.</param>
public sealed record ControlKeyMeaning(ControlKeyAction Action, string Name, string? Refusal = null);

/// <summary>
/// The control keys of each kind of debugger (rule E5), known to the server, which refuses at once, and to the agent, which acts. Those of
/// Microsoft's engine are the pages “CTRL+key” of its documentation, section “Control Keys”: each names the debuggers that take it.
/// </summary>
public static class ControlKeys
{
    /// <summary>Of the engine, in kernel and user mode.</summary>
    private static readonly Dictionary<char, ControlKeyMeaning> Cdb = new()
    {
        ['b'] = new(ControlKeyAction.Leave, "leave the debugger; a KD server goes on"),
        ['c'] = new(ControlKeyAction.Break, "break"),
        ['f'] = Passed("cancel a command, or break"),
        ['v'] = Passed("toggle verbose mode"),
        ['w'] = Passed("show the debugger's version"),
    };

    /// <summary>Those, and what only a kernel's connection has.</summary>
    private static readonly Dictionary<char, ControlKeyMeaning> Kd = new(Cdb)
    {
        ['a'] = Passed("toggle the baud rate"),
        ['d'] = Passed("toggle information about the connection"),
        ['k'] = Passed("change whether the target stops when it starts"),
        ['r'] = Passed("synchronize with the target again"),
    };

    /// <summary>Reads <c>b</c>, <c>B</c>, <c>ctrl-b</c>, <c>Ctrl+B</c> and <c>^B</c>; anything else is no control key.</summary>
    public static bool TryParse(string? text, out char key)
    {
        var letter = text ?? "";
        foreach (var prefix in (string[])["ctrl-", "ctrl+", "^"])
        {
            if (letter.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                letter = letter[prefix.Length..];
                break;
            }
        }
        key = letter.Length == 1 ? char.ToLowerInvariant(letter[0]) : default;
        return key is >= 'a' and <= 'z';
    }

    /// <summary>What this kind of debugger (its profile's name: <c>gdb</c>, <c>kd</c>, …) does with the key.</summary>
    public static ControlKeyMeaning Of(string debuggerKind, char key)
    {
        var name = NameOf(key);
        return debuggerKind switch
        {
            "kd" => In(Kd, debuggerKind, key),
            "cdb" or "ntsd" => In(Cdb, debuggerKind, key),
            _ when key == 'c' => new(ControlKeyAction.Break, "break"),
            _ when key == 'd' => Refused($"{name} would end the input of {Named(debuggerKind)}, which quits it. To end it, enter the command 'quit' or terminate the session; to let its target go, enter 'detach'."),
            _ => Refused($"{name} has no meaning for {Named(debuggerKind)}, which reads lines, not keys. Ctrl+C is Break; everything else is a command."),
        };
    }

    public static string NameOf(char key) => $"Ctrl+{char.ToUpperInvariant(key)}";

    private static ControlKeyMeaning In(Dictionary<char, ControlKeyMeaning> keys, string debuggerKind, char key) => key == 'p'
        ? Refused("Ctrl+P is obsolete; enter the command '.dbgdbg' to debug the debugger.")
        : keys.GetValueOrDefault(key) ?? Refused($"{NameOf(key)} has no meaning in {debuggerKind}. It takes {string.Join(", ", keys.Keys.Order().Select(NameOf))}.");

    private static string Named(string debuggerKind) => debuggerKind.Length == 0 ? "the debugger" : debuggerKind;

    private static ControlKeyMeaning Passed(string name) => new(ControlKeyAction.Pass, name);

    private static ControlKeyMeaning Refused(string reason) => new(ControlKeyAction.Refuse, "", reason);
}
