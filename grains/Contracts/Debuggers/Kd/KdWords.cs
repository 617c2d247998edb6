using System.Collections.Frozen;

namespace OrleansKd.Contracts.Debuggers.Kd;

/// <summary>Commands of Microsoft's engine by what they do. Names of commands don't depend on upper and lower case.</summary>
internal static class KdWords
{
    private static readonly FrozenSet<string> Quit = Set("q", "qq", "qd", "qqd", ".detach", ".remote_exit");

    private static readonly FrozenSet<string> Resuming = Set(
        "g", "gc", "gh", "gn", "gu", "p", "pa", "pc", "pct", "ph", "pt", "t", "ta", "tb", "tc", "tct", "th", "tt", "wt", ".reboot", ".restart", ".crash");

    private static readonly FrozenSet<string> Paging = Set(
        "p", "t", "u", "d", "da", "db", "dc", "dd", "df", "dp", "dq", "du", "dw", "dyb", "dyd", "dda", "ddp", "ddu", "dpa", "dpp", "dpu", "dqa", "dqp", "dqu", "dds", "dps", "dqs");

    private static readonly FrozenSet<string> Editing = Set("e", "ea", "eb", "ed", "ef", "ep", "eq", "eu", "ew", "eza", "ezu");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> UnaryOperators =
        Set("poi", "by", "wo", "dwo", "qwo", "hi", "low", "not").GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> BinaryOperators = Set("and", "or", "xor", "mod").GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool Quits(string name) => Quit.Contains(name);

    /// <summary>A count may follow without a blank: <c>p5</c>.</summary>
    public static bool Resumes(string name) => Resuming.Contains(name.TrimEnd("0123456789".ToCharArray()));

    public static bool Pages(string name) => Paging.Contains(name);

    /// <summary>Assembling; memory and registers without a value; a shell without a command; help, which waits for a line between its pages.</summary>
    public static bool AsksForMore(KdCommand command) =>
        command.Is("a")
        || (command.Name == "?" && command.Arguments.Length == 0)
        || (command.Is(".shell") && command.Arguments.Length == 0)
        || (Editing.Contains(command.Name) && !HasValue(command.Arguments))
        || (command.Name is "r" or "R" or "rF" or "rX" && command.Arguments.Split(',').Any(part => part.TrimEnd().EndsWith('=')));

    /// <summary>Whether a second expression clearly begins behind the address: a blank where no operator can be.</summary>
    private static bool HasValue(ReadOnlySpan<char> arguments)
    {
        var depth = 0;
        for (var at = 0; at < arguments.Length; at++)
        {
            depth += arguments[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth != 0 || arguments[at] is not (' ' or '\t'))
                continue;
            var before = arguments[..at].TrimEnd();
            if (before.Length > 0 && Ends(before) && Begins(arguments[at..].TrimStart()))
                return true;
        }
        return false;
    }

    private static bool Ends(ReadOnlySpan<char> address)
    {
        if (!char.IsAsciiLetterOrDigit(address[^1]) && address[^1] is not (')' or '_' or '`' or '.'))
            return false;
        var word = address[(address.LastIndexOfAny(" \t(") + 1)..];
        return !UnaryOperators.Contains(word) && !BinaryOperators.Contains(word);
    }

    private static bool Begins(ReadOnlySpan<char> value)
    {
        if (value.Length == 0 || (!char.IsAsciiLetterOrDigit(value[0]) && value[0] is not ('"' or '\'' or '@' or '$' or '_')))
            return false;
        return !BinaryOperators.Contains(value.IndexOfAny(" \t(") is var end and >= 0 ? value[..end] : value);
    }

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
