using System.Text.RegularExpressions;

namespace OrleansKd.Contracts.Debuggers.Gdb;

/// <summary>A gdb command: a whole line, because gdb has no separator, or one that another command runs.</summary>
/// <param name="Name">As typed; empty for an empty line.</param>
/// <param name="Arguments">The rest, without blanks around it.</param>
internal readonly partial record struct GdbCommand(string Name, string Arguments)
{
    /// <summary>Commands run commands, which run commands; deeper than this nobody types.</summary>
    private const int MaxDepth = 8;

    public static GdbCommand Parse(string line)
    {
        var text = line.Trim();
        if (text is ['!' or '|' or '#', ..])
            return new(text[..1], text[1..].TrimStart());
        var length = text.AsSpan().IndexOfAnyExcept(NameCharacters) is var end and >= 0 ? end : text.Length;
        return new(text[..length], text[length..].TrimStart());
    }

    /// <summary>The commands that gdb would run for this line, in order: itself, and those that it names to be run at once.</summary>
    public static IEnumerable<GdbCommand> Acting(string line) => Acting(line, 0);

    /// <summary>Whether the name is this one or a shortening of it that gdb takes.</summary>
    public bool Is(string fullName, int shortest) => Name.Length >= shortest && fullName.StartsWith(Name, StringComparison.Ordinal);

    private static IEnumerable<GdbCommand> Acting(string line, int depth)
    {
        var command = Parse(line);
        yield return command;
        if (depth == MaxDepth)
            yield break;
        foreach (var inner in command.Inner().SelectMany(inner => Acting(inner, depth + 1)))
            yield return inner;
    }

    private IEnumerable<string> Inner()
    {
        if (Is("taas", 3) || Is("faas", 3) || Is("tfaas", 3))
            return [WithoutSelection(Arguments)];
        if ((Is("thread", 3) || Name == "t" || Is("frame", 2) || Name == "f") && Applied().Match(Arguments) is { Success: true } applied)
            return [WithoutSelection(Arguments[applied.Length..])];
        if (Is("with", 3) || Name == "w")
            return Arguments.Split("--", 2) is [_, var inner] ? [inner] : [];
        if (Is("pipe", 3) || Name == "|")
            return Delimited(Arguments);
        if (Is("eval", 2) || Is("interpreter-exec", 6))
            return Arguments.Split('"').Where((_, index) => index % 2 == 1);
        return [];
    }

    /// <summary>Behind which threads or frames, and behind options.</summary>
    private static string WithoutSelection(string arguments) => arguments[Selection().Match(arguments).Length..];

    private static IEnumerable<string> Delimited(string arguments)
    {
        var delimiter = "|";
        if (Delimiter().Match(arguments) is { Success: true } option)
        {
            delimiter = option.Groups["delimiter"].Value;
            arguments = arguments[option.Length..];
        }
        return [arguments.Split(delimiter, 2)[0]];
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    [GeneratedRegex(@"^app(l|ly)?(?![a-z])")]
    private static partial Regex Applied();

    [GeneratedRegex(@"^[ \t]*((all|level|on|off|unlimited|-[a-z-]*|[0-9.*$_-][0-9a-z_.*$-]*)([ \t]+|$))*")]
    private static partial Regex Selection();

    [GeneratedRegex(@"^-d[ \t]+(?<delimiter>[^ \t]+)[ \t]*")]
    private static partial Regex Delimiter();
}
