using System.Collections.Frozen;

namespace OrleansKd.Agent.Debugger.Lldb;

/// <summary>The options of lldb that run commands.</summary>
internal enum LldbOptionKind
{
    /// <summary>One command: <c>-o</c>, <c>-O</c>.</summary>
    Command,

    /// <summary>A file of commands: <c>-s</c>, <c>-S</c>.</summary>
    Script,
}

/// <summary>
/// lldb's command line: one dash or two before a long name, values in the next argument. What stands behind <c>--</c> belongs to the target,
/// and so do plain words behind its program. Options with <c>-k</c> and <c>-K</c> only run when a target has crashed.
/// </summary>
internal static class LldbOptions
{
    private static readonly FrozenDictionary<string, (LldbOptionKind Kind, bool IsBeforeFile)> Running = new Dictionary<string, (LldbOptionKind, bool)>
    {
        ["O"] = (LldbOptionKind.Command, true),
        ["one-line-before-file"] = (LldbOptionKind.Command, true),
        ["o"] = (LldbOptionKind.Command, false),
        ["one-line"] = (LldbOptionKind.Command, false),
        ["S"] = (LldbOptionKind.Script, true),
        ["source-before-file"] = (LldbOptionKind.Script, true),
        ["s"] = (LldbOptionKind.Script, false),
        ["source"] = (LldbOptionKind.Script, false),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Other options with a value, which may look like anything.</summary>
    private static readonly FrozenSet<string> Valued = new[]
    {
        "attach-name", "n", "attach-pid", "p", "source-on-crash", "K", "one-line-on-crash", "k", "arch", "a", "capture-path", "core", "c", "file", "f",
        "repl-language", "R", "script-language", "l",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>In the order in which lldb runs them.</summary>
    public static IEnumerable<(LldbOptionKind Kind, string Value)> Read(IReadOnlyList<string> arguments)
    {
        var found = new List<(LldbOptionKind Kind, bool IsBeforeFile, string Value)>();
        for (var i = 0; i < arguments.Count && arguments[i] != "--"; i++)
        {
            if (arguments[i] is not ['-', _, ..] argument)
                continue;
            var name = argument[(argument.StartsWith("--", StringComparison.Ordinal) ? 2 : 1)..];
            if (Running.TryGetValue(name, out var option) && i + 1 < arguments.Count)
                found.Add((option.Kind, option.IsBeforeFile, arguments[++i]));
            else if (Valued.Contains(name))
                i++;
        }
        return found.OrderByDescending(option => option.IsBeforeFile).Select(option => (option.Kind, option.Value));
    }
}
