using System.Text;

namespace OrleansKd.Agent.Debugger;

/// <summary>
/// Splits one line of arguments as the platform's command line would (rule B3), without expanding anything: no variables, no
/// wildcards, no substitution, no operators.
/// </summary>
internal static class ArgumentSplitter
{
    /// <exception cref="DebuggerStartException">A quote is not closed, or a character can't be in an argument.</exception>
    public static List<string> Split(string line)
    {
        if (line.Contains('\0', StringComparison.Ordinal))
            throw new DebuggerStartException("The arguments contain a NUL character, which no program can be given.");
        var arguments = OperatingSystem.IsWindows() ? SplitWindows(line) : SplitPosix(line);
        return arguments.ConvertAll(WithPlainDash);
    }

    /// <summary>A line that <see cref="SplitPosix"/> splits into these arguments again.</summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    /// <summary>POSIX shell quoting: backslash, single and double quotes. A comment sign, <c>$</c>, <c>*</c>, <c>;</c> and the like are plain characters.</summary>
    internal static List<string> SplitPosix(string line)
    {
        var arguments = new List<string>();
        var current = new StringBuilder();
        var isInArgument = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c is ' ' or '\t' or '\n' or '\r')
            {
                if (isInArgument)
                    arguments.Add(current.ToString());
                current.Clear();
                isInArgument = false;
                continue;
            }
            isInArgument = true;
            if (c == '\\')
                current.Append(++i < line.Length ? line[i] : throw new DebuggerStartException("The arguments end with a backslash that escapes nothing. Write it twice to mean a backslash."));
            else if (c is '\'' or '"')
                i = ReadQuoted(line, i, current);
            else
                current.Append(c);
        }
        if (isInArgument)
            arguments.Add(current.ToString());
        return arguments;
    }

    /// <summary>The rules of CommandLineToArgvW for everything after the program's name. Not run on Windows by this project's tests.</summary>
    internal static List<string> SplitWindows(string line)
    {
        var arguments = new List<string>();
        var i = 0;
        while (true)
        {
            while (i < line.Length && line[i] is ' ' or '\t')
                i++;
            if (i == line.Length)
                return arguments;
            var current = new StringBuilder();
            var isQuoted = false;
            while (i < line.Length && (isQuoted || line[i] is not (' ' or '\t')))
            {
                var backslashes = 0;
                for (; i < line.Length && line[i] == '\\'; i++)
                    backslashes++;
                if (i < line.Length && line[i] == '"')
                {
                    current.Append('\\', backslashes / 2);
                    var isDoubled = isQuoted && i + 1 < line.Length && line[i + 1] == '"';
                    if (backslashes % 2 == 1 || isDoubled)
                        current.Append('"');
                    else
                        isQuoted = !isQuoted;
                    i += backslashes % 2 == 0 && isDoubled ? 2 : 1;
                }
                else if (backslashes > 0)
                {
                    current.Append('\\', backslashes);
                }
                else
                {
                    current.Append(line[i++]);
                }
            }
            arguments.Add(current.ToString());
        }
    }

    private static int ReadQuoted(string line, int open, StringBuilder current)
    {
        var quote = line[open];
        for (var i = open + 1; i < line.Length; i++)
        {
            if (line[i] == quote)
                return i;
            var isEscape = quote == '"' && line[i] == '\\' && i + 1 < line.Length && line[i + 1] is '"' or '\\' or '$' or '`';
            current.Append(isEscape ? line[++i] : line[i]);
        }
        throw new DebuggerStartException($"The arguments open a quote {quote} at character {open + 1} that is never closed.");
    }

    /// <summary>Text pasted from documentation has an en or em dash where an option's <c>-</c> belongs.</summary>
    private static string WithPlainDash(string argument) => argument is ['–' or '—', _, ..] ? "-" + argument[1..] : argument;

    private static string Quote(string argument) =>
        argument.Length > 0 && argument.AsSpan().IndexOfAny(" \t\r\n'\"\\") < 0 ? argument : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
