using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace OrleansKd.Contracts.Debuggers.Kd;

/// <summary>
/// What an operator who may only inspect may enter in kd, cdb and ntsd. Not among it although it reads:
/// <list type="bullet">
/// <item>what changes the context for everybody (<c>.cxr .ecxr .trap .thread .process .frame N ~Ns |Ns</c>, radix and evaluator): the host's next
/// command would act elsewhere. <c>!process</c>, <c>!thread</c> and <c>~Nk</c> look at another one without it;</item>
/// <item><c>.reload</c>: it drops symbols for everybody and may go to other computers;</item>
/// <item><c>version</c>, <c>vercommand</c>: they show the debugger's command line, which may hold passwords;</item>
/// <item>registers of models and devices (<c>rdmsr</c>, <c>ib</c>, <c>!pci</c>, <c>!dd</c>): reading some of them changes them;</item>
/// <item>loops, blocks, strings and aliases: what they run is not seen well enough.</item>
/// </list>
/// </summary>
internal sealed partial class KdReading(string kind)
{
    private static readonly SearchValues<char> ExpressionCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \t_$@.,:+-*/%&|^~!<>=()?`");

    private static readonly SearchValues<char> CppCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \t_$@.,:+-*/%&|^~!<>=()[]?");

    /// <summary>MASM operators that look like functions; none of them does anything but read.</summary>
    private static readonly FrozenSet<string> MasmOperators =
        new[] { "poi", "by", "wo", "dwo", "qwo", "hi", "low", "not", "and", "or", "xor", "mod", "$iment", "$vvalid" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> SizeOf = new[] { "sizeof" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ReadingArguments> Commands = new Dictionary<string, ReadingArguments>(StringComparer.OrdinalIgnoreCase)
        .With(Reading.Nothing, "n", "sx", "vertarget", ".bugcheck", ".chain", ".effmach", ".eventlog", ".expr", ".frame", ".lastevent", ".time", ".ttime", "||", "|")
        .With(Expression, "d", "da", "db", "dc", "dd", "df", "dg", "dl", "dp", "dq", "ds", "dt", "du", "dv", "dw", "dyb", "dyd")
        .With(Expression, "dda", "ddp", "ddu", "dpa", "dpp", "dpu", "dqa", "dqp", "dqu", "dds", "dps", "dqs")
        .With(Expression, "u", "ub", "uf", "uu", "x", "ln", "c", ".exr", ".formats", ".fnent")
        .With(Evaluated, "?")
        .With(Search, "s")
        .With(CppExpression, "??")
        .With(Reading.Shape(Numbers()), "bl")
        .With(Reading.Shape(Registers()), "r", "rf", "rx", "ry")
        .With(Reading.Shape(EchoedText()), ".echo")
        .With(Reading.Shape(ModelObject()), "dx")
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, ReadingArguments> Extensions = new Dictionary<string, ReadingArguments>(StringComparer.OrdinalIgnoreCase)
        .With(ExtensionArguments, "acl", "apc", "ca", "cpuid", "cpuinfo", "cs", "dbgprint", "devnode", "dh", "dlls", "dpcs", "error", "exchain", "exqueue", "filecache")
        .With(ExtensionArguments, "fileobj", "findstack", "gle", "handle", "idt", "irp", "irpfind", "irql", "job", "lmi", "locks", "memusage", "pcr", "peb", "pfn", "pool")
        .With(ExtensionArguments, "poolfind", "poolused", "poolval", "prcb", "process", "pte", "ptov", "qlocks", "ready", "runaway", "running", "sd", "sid", "stacks")
        .With(ExtensionArguments, "sysinfo", "teb", "thread", "timer", "token", "uniqstack", "vad", "validatelist", "vm", "vprot", "vtop", "zombies")
        .With(Reading.Shape(ObjectPath()), "devobj", "devstack", "drvobj", "object")
        .With(Reading.Shape(Numbers()), "address")
        .With(Reading.Shape(Analysis()), "analyze")
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public string? RefusalOf(string line)
    {
        if (line.AsSpan().IndexOfAny("{}") is var brace and >= 0)
            return $"“{line[brace]}”: blocks and aliases need full control.";
        if (FixedNameAlias().Match(line) is { Success: true } alias)
            return $"“{alias.Value}” may stand for any text; it needs full control.";
        var hasCommand = false;
        foreach (var part in line.Split(';'))
        {
            var command = part.Trim();
            if (command.StartsWith('*'))
                return null;
            hasCommand |= command.Length > 0;
            if (command.Length > 0 && RefusalOfPart(command) is { } refusal)
                return refusal;
        }
        return hasCommand ? null : Reading.NoCommand;
    }

    private string? RefusalOfPart(string command)
    {
        if (command.StartsWith("$$", StringComparison.Ordinal))
            return command[2..].TrimStart() is ['<' or '>', ..] || command.Contains('<') ? Reading.NotKnown(kind, "$$<") : null;
        if (ThreadStatus().IsMatch(command))
            return null;
        var thread = ThreadOrProcessor().Match(command);
        var named = NameAndArguments().Match(command[thread.Length..]);
        var (name, arguments) = (named.Groups["name"].Value, named.Groups["arguments"].Value.Trim());
        if (!named.Success)
            return Reading.NotKnown(kind, command.Split(' ', '\t')[0]);
        if (thread.Length > 0 && !StackTrace().IsMatch(name) && !name.Equals("r", StringComparison.OrdinalIgnoreCase))
            return Reading.NotKnown(kind, thread.Value.Trim() + name);
        if (arguments.Split(' ', '\t').FirstOrDefault(word => word is ['.' or '!', var second, ..] && char.IsAsciiLetter(second)) is { } inner && !name.Equals(".echo", StringComparison.OrdinalIgnoreCase))
            return Reading.NotKnown(kind, inner);
        if (arguments.Contains("@@", StringComparison.Ordinal))
            return "“@@” changes the evaluator, which may write; it needs full control.";
        if (ArgumentsOf(name) is not { } check)
            return Reading.NotKnown(kind, name);
        return check(arguments);
    }

    private static ReadingArguments? ArgumentsOf(string name)
    {
        if (name[0] == '!')
            return Extensions.GetValueOrDefault(name[1..]);
        if (StackTrace().IsMatch(name))
            return Reading.Shape(StackDepth());
        return ModuleList().IsMatch(name) ? Expression : Commands.GetValueOrDefault(name);
    }

    private static string? Expression(string arguments) => ExpressionText.RefusalOf(arguments, ExpressionCharacters, MasmOperators);

    /// <summary>Without an expression it is help, which takes the next command as the key to its next page.</summary>
    private static string? Evaluated(string arguments) => arguments.Length == 0 ? "“?” alone waits for a key between its pages; it needs full control." : Expression(arguments);

    private static string? CppExpression(string arguments) => arguments.Length == 0 ? Reading.NoCommand : ExpressionText.RefusalOf(arguments, CppCharacters, SizeOf);

    /// <summary>Ends with a string, perhaps.</summary>
    private static string? Search(string arguments) => Expression(SearchedString().Replace(arguments, "", 1));

    private static string? ExtensionArguments(string arguments) =>
        arguments.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(word => word[0] is '-' or '/' && !Option().IsMatch(word)) is { } option
            ? Reading.NotUnderstood(option)
            : Expression(arguments);

    [GeneratedRegex(@"\$u[0-9]", RegexOptions.IgnoreCase)]
    private static partial Regex FixedNameAlias();

    [GeneratedRegex(@"^(?<name>\?{1,2}|\|{1,2}|s(?=-)|[.!]?[a-z][a-z0-9_]*)(?<arguments>(?<=[?])[^?].*|(?<=[s])-.*|[ \t].*)?$", RegexOptions.IgnoreCase)]
    private static partial Regex NameAndArguments();

    /// <summary><c>~2</c>, <c>~*</c> before a command; a processor's number.</summary>
    [GeneratedRegex(@"^(~([0-9]{1,4}|[*.#])[ \t]*|[0-9]{1,4}(?=[kr]))", RegexOptions.IgnoreCase)]
    private static partial Regex ThreadOrProcessor();

    [GeneratedRegex(@"^~([*.#])?$")]
    private static partial Regex ThreadStatus();

    [GeneratedRegex(@"^k[bp]?[cdflmnv]*$", RegexOptions.IgnoreCase)]
    private static partial Regex StackTrace();

    [GeneratedRegex(@"^lm[1acdefiklmnoprstuv]*$", RegexOptions.IgnoreCase)]
    private static partial Regex ModuleList();

    [GeneratedRegex(@"^(0[xn])?[0-9a-f`]*([ \t]+(0[xn])?[0-9a-f`]+)*$", RegexOptions.IgnoreCase)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"^([LM]?(0[xn])?[0-9a-f]*([ \t]+|$))*$", RegexOptions.IgnoreCase)]
    private static partial Regex StackDepth();

    /// <summary>One name without a blank: in quiet mode <c>r eax 5</c> writes.</summary>
    [GeneratedRegex(@"^(@?\$?[a-z][a-z0-9]*(:[0-9]*[a-z]{1,2})?([ \t]*,[ \t]*@?\$?[a-z][a-z0-9]*(:[0-9]*[a-z]{1,2})?)*)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Registers();

    /// <summary>Nothing that looks like a prompt.</summary>
    [GeneratedRegex(@"^[a-z0-9 \t_.,:!?()/*+=-]*$", RegexOptions.IgnoreCase)]
    private static partial Regex EchoedText();

    /// <summary>Members of what is current, and no calls: the model also knows files of the host's computer, and commands.</summary>
    [GeneratedRegex(@"^(-r[0-9][ \t]+)?@\$cur(process|thread|stack|frame)((\.[a-z_][a-z0-9_]*)|(\[(0x)?[0-9a-f]+\]))*(,[xd])?$", RegexOptions.IgnoreCase)]
    private static partial Regex ModelObject();

    [GeneratedRegex(@"^(?!.*\\\\)[\\a-z0-9_.$:-]*([ \t]+[0-9a-f]+)*$", RegexOptions.IgnoreCase)]
    private static partial Regex ObjectPath();

    [GeneratedRegex(@"^((-v{1,2}[0-9]{0,2}|-f|-hang)[ \t]*)*(-show[ \t]+[0-9a-fx]+([ \t]+[0-9a-fx]+){0,4})?$", RegexOptions.IgnoreCase)]
    private static partial Regex Analysis();

    [GeneratedRegex(@"[ \t]""[a-z0-9 _.,:/%-]+""$", RegexOptions.IgnoreCase)]
    private static partial Regex SearchedString();

    [GeneratedRegex(@"^([-/][a-z]|-[0-9a-f]+)$", RegexOptions.IgnoreCase)]
    private static partial Regex Option();
}
