using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace OrleansKd.Contracts.Debuggers.Gdb;

/// <summary>
/// What an operator who may only inspect may enter in gdb: full names and the documented short ones, nothing that gdb merely completes. Not
/// among it although it reads:
/// <list type="bullet">
/// <item>selecting another thread, frame or inferior: the host's next command would act there. <c>thread apply</c> and <c>frame apply</c> look
/// at another one without it;</item>
/// <item>strings in expressions: gdb puts them into the target, by a call;</item>
/// <item>settings beyond a few: environment, arguments and history hold secrets; <c>info os</c> and <c>info proc PID</c> show the host's computer.</item>
/// </list>
/// Text can't show everything: operators of C++ classes and Ada's functions are called without a parenthesis, and macros of a program
/// that was compiled with <c>-g3</c> stand for any expression.
/// </summary>
internal static partial class GdbReading
{
    /// <summary><c>thread apply all frame apply all bt</c> is the deepest that makes sense.</summary>
    private const int MaxDepth = 3;

    private static readonly SearchValues<char> ExpressionCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \t_$@.,:+-*/%&|^~!<>=()[]?'");

    private static readonly FrozenSet<string> SizeOf = new[] { "sizeof", "alignof", "_Alignof" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ReadingArguments> Commands = new Dictionary<string, ReadingArguments>(StringComparer.Ordinal)
        .With(Print, "print", "p")
        .With(Formatted, "x", "output", "ptype", "whatis", "disassemble", "disas")
        .With(Expression, "list", "l", "find")
        .With(Reading.Shape(Backtrace()), "backtrace", "bt", "where")
        .With(Reading.Nothing, "frame", "f", "thread", "t")
        .With(Reading.Shape(Help()), "help", "h")
        .With(Reading.Shape(Settings()), "show")
        .With(Info, "info", "inf", "i")
        .ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ReadingArguments> Infos = new Dictionary<string, ReadingArguments>(StringComparer.Ordinal)
        .With(Reading.Nothing, "all-registers", "auxv", "checkpoints", "display", "files", "float", "inferiors", "program", "record", "sharedlibrary", "signals", "source")
        .With(Reading.Nothing, "target", "tracepoints", "vector", "watchpoints", "sh", "dll")
        .With(Reading.Shape(Names()), "registers", "r", "reg", "threads", "breakpoints", "b", "br", "break")
        .With(Reading.Shape(Pattern()), "args", "locals", "functions", "variables", "types")
        .With(Reading.Shape(FrameLevel()), "frame", "f")
        .With(Reading.Shape(Backtrace()), "stack", "s")
        .With(Reading.Shape(OwnProcess()), "proc")
        .With(Expression, "address", "line", "scope", "symbol", "vtbl")
        .ToFrozenDictionary(StringComparer.Ordinal);

    public static string? RefusalOf(string line) => RefusalOf(line, 0);

    private static string? RefusalOf(string line, int depth)
    {
        var command = GdbCommand.Parse(line);
        if (command.Name.Length == 0 && command.Arguments.Length == 0)
            return Reading.NoCommand;
        // A comment: gdb does nothing; but behind a backslash it takes the next line, somebody else's, for more of it.
        if (command.Name == "#")
            return depth == 0 && !command.Arguments.EndsWith('\\') ? null : Reading.NotUnderstood(line.Trim());
        if (InnerOf(command) is { } inner)
            return depth == MaxDepth ? Reading.NotUnderstood(line.Trim()) : RefusalOf(inner, depth + 1);
        if (!Commands.TryGetValue(command.Name, out var check))
            return Reading.NotKnown("gdb", command.Name.Length == 0 ? command.Arguments : command.Name);
        // What follows a name without a blank can only be a format or an expression.
        var text = line.TrimStart();
        if (text.Length > command.Name.Length && text[command.Name.Length] is not (' ' or '\t' or '/' or '(' or '*' or '&'))
            return Reading.NotUnderstood(text.Trim());
        return check(command.Arguments);
    }

    /// <summary>The command that this one runs for other threads or frames; null when it is none that does.</summary>
    private static string? InnerOf(GdbCommand command) => command.Name switch
    {
        "thread" or "t" when ThreadApply().Match(command.Arguments) is { Success: true } thread => command.Arguments[thread.Length..],
        "frame" or "f" when FrameApply().Match(command.Arguments) is { Success: true } frame => command.Arguments[frame.Length..],
        "taas" or "faas" or "tfaas" => command.Arguments,
        _ => null,
    };

    private static string? Print(string arguments) => Formatted(PrintOptions().Replace(arguments, "", 1));

    private static string? Formatted(string arguments) => Expression(Format().Replace(arguments, "", 1));

    private static string? Expression(string arguments) => ExpressionText.RefusalOf(arguments, ExpressionCharacters, SizeOf);

    private static string? Info(string arguments)
    {
        var topic = GdbCommand.Parse(arguments);
        if (topic.Name.Length == 0)
            return Reading.NotUnderstood("info");
        return Infos.TryGetValue(topic.Name, out var check) ? check(topic.Arguments) : Reading.NotKnown("gdb", $"info {topic.Name}");
    }

    [GeneratedRegex(@"^apply[ \t]+(all([ \t]+-ascending)?|[0-9]+(\.[0-9]+)?(-[0-9]+)?([ \t]+[0-9]+(\.[0-9]+)?(-[0-9]+)?)*)([ \t]+-[qcs])*[ \t]+(?=[a-z])")]
    private static partial Regex ThreadApply();

    [GeneratedRegex(@"^apply[ \t]+(all|-?[0-9]+|level([ \t]+[0-9]+(-[0-9]+)?)+)([ \t]+-[qcs])*[ \t]+(?=[a-z])")]
    private static partial Regex FrameApply();

    [GeneratedRegex(@"^(-(address|array|array-indexes|elements|max-depth|null-stop|object|pretty|raw-values|repeats|static-members|symbol|union|vtbl)([ \t]+(on|off|unlimited|[0-9]+))?[ \t]+)+--([ \t]+|$)")]
    private static partial Regex PrintOptions();

    [GeneratedRegex(@"^(/[a-z0-9-]*[ \t]*)+")]
    private static partial Regex Format();

    [GeneratedRegex(@"^((-?(full|hide|no-filters)|-?[0-9]+)([ \t]+|$))*$")]
    private static partial Regex Backtrace();

    [GeneratedRegex("^[a-z0-9 -]*$")]
    private static partial Regex Help();

    [GeneratedRegex("^(version|language|architecture|endian|osabi|values|width|height)$")]
    private static partial Regex Settings();

    [GeneratedRegex(@"^[a-z0-9_$. \t]*$")]
    private static partial Regex Names();

    [GeneratedRegex(@"^[A-Za-z0-9_.*^$:~]*$")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^(level[ \t]+[0-9]+)?$")]
    private static partial Regex FrameLevel();

    [GeneratedRegex("^(mappings|stat|status)?$")]
    private static partial Regex OwnProcess();
}
