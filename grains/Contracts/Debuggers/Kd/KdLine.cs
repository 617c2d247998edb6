using System.Collections.Frozen;

namespace OrleansKd.Contracts.Debuggers.Kd;

/// <summary>
/// The commands of a line of Microsoft's engine, in order, those in blocks and in strings that are run at once included. Where the
/// documentation leaves a doubt, a command is seen rather than overlooked.
/// </summary>
internal sealed class KdLine
{
    /// <summary>Their arguments end at a brace, behind which commands begin.</summary>
    private static readonly FrozenSet<string> BlockWords =
        new[] { ".if", ".elsif", ".else", ".while", ".for", ".foreach", ".block", ".catch", ".do" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>A chain of strings in strings deeper than this is nobody's command.</summary>
    private const int MaxDepth = 8;

    private readonly string text;
    private readonly int depth;
    private int at;
    private int braces;

    /// <summary>A control word came whose block did not begin yet.</summary>
    private bool isBeforeBlock;

    private KdLine(string text, int depth) => (this.text, this.depth) = (text, depth);

    public static IEnumerable<KdCommand> Commands(string line) => new KdLine(line, 0).Read();

    private IEnumerable<KdCommand> Read()
    {
        while (true)
        {
            Skip(" \t;{}()");
            SkipThread();
            if (at >= text.Length)
                yield break;
            if (text[at] == ';')
                continue;
            if (text[at] == '*')
            {
                if (braces == 0)
                    yield break;
                TakeUntil("}");
                continue;
            }
            var command = Take();
            yield return command;
            foreach (var inner in Inner(command))
                yield return inner;
        }
    }

    /// <summary><c>~2</c>, <c>~*e</c>, <c>||1|0</c> before a command; in kernel mode also a processor's number.</summary>
    private void SkipThread()
    {
        var start = at;
        while (at < text.Length && text[at] is '~' or '|')
        {
            Skip("~|");
            if (at < text.Length && text[at] == '[')
                at = text.IndexOf(']', at) is var end and >= 0 ? end + 1 : text.Length;
            else if (at < text.Length && text[at] is '*' or '#' or '.')
                at++;
            Skip("0123456789 \t");
        }
        if (at == start && at < text.Length && char.IsAsciiDigit(text[at]))
            Skip("0123456789 \t");
        else if (at > start && at < text.Length && text[at] is 'e' or 'E')
            at++;
        Skip(" \t\"");
    }

    private KdCommand Take()
    {
        var name = TakeName();
        var start = at;
        switch (name)
        {
            case "as" when !text.AsSpan(at).TrimStart().StartsWith("/"):
            case "$<" or "$><":
            case var _ when name.Equals(".shell", StringComparison.OrdinalIgnoreCase):
                TakeUntil(braces > 0 ? "}" : "");
                break;
            case "$$":
                TakeUntil(braces > 0 ? ";}" : ";");
                break;
            case var _ when name.Equals(".for", StringComparison.OrdinalIgnoreCase):
                // Its parenthesis holds commands.
                isBeforeBlock = true;
                break;
            case var _ when name.Equals("j", StringComparison.OrdinalIgnoreCase):
                TakeUntil(braces > 0 ? "}" : "");
                break;
            default:
                TakeArguments(name);
                break;
        }
        return new(name, text[start..at].Trim());
    }

    private string TakeName()
    {
        var start = at;
        if (text.AsSpan(at).StartsWith("$$") || text.AsSpan(at).StartsWith("$<"))
            at += 2;
        else if (text.AsSpan(at).StartsWith("$><"))
            at += 3;
        else if (text[at] is '.' or '!' || char.IsAsciiLetterOrDigit(text[at]))
            do at++; while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' || (text[start] == '!' && text[at] == '.')));
        else
            do at++; while (at < text.Length && text[start] == '?' && text[at] == '?');
        // Its expression may follow at once: "j1 'k' ; 'r'".
        if (text[start] is 'j' or 'J')
            at = start + 1;
        return text[start..at];
    }

    /// <summary>
    /// To the next semicolon (or brace, where it means something) outside a string. A string begins where an argument does; for
    /// <c>.echo</c> and <c>aS</c>, which take quotation marks elsewhere as they are, only at the beginning of the text.
    /// </summary>
    private void TakeArguments(string name)
    {
        isBeforeBlock |= BlockWords.Contains(name);
        var hasBlock = braces > 0 || isBeforeBlock;
        var isPlain = name.Equals(".echo", StringComparison.OrdinalIgnoreCase) || name is "aS" or "AS" or "As";
        Skip(" \t");
        var textStart = name.Equals(".echo", StringComparison.OrdinalIgnoreCase) ? at : text.IndexOfAny([' ', '\t'], at) is var space and >= 0 ? IndexOfNext(space) : at;
        for (; at < text.Length; at++)
        {
            if (text[at] == ';' || (hasBlock && text[at] is '{' or '}'))
                return;
            if (text[at] == '"' && (isPlain ? at == textStart : text[at - 1] is ' ' or '\t' or '(' or ',' or '=' or ':'))
                at = EndOfString(at, isPlain);
        }
    }

    private int IndexOfNext(int from)
    {
        while (from < text.Length && text[from] is ' ' or '\t')
            from++;
        return from;
    }

    /// <summary>The closing mark; the opening one when there is none.</summary>
    private int EndOfString(int start, bool isPlain)
    {
        for (var end = start + 1; end < text.Length; end++)
        {
            if (text[end] == '\\' && !isPlain)
                end++;
            else if (text[end] == '"')
                return end;
        }
        return start;
    }

    /// <summary>
    /// Commands in the arguments that run at once: of <c>j</c>, of extensions that do something for each, of a step's own command, of the
    /// debugger model's and a loop's strings, of an alias for a command's output, and of another alias where a block follows in which it may stand.
    /// </summary>
    private IEnumerable<KdCommand> Inner(KdCommand command)
    {
        if (depth == MaxDepth)
            return [];
        if (command.Is("j"))
        {
            var pieces = command.Arguments.Split('\'', '"', ';');
            // The first command may stand behind the expression without quotation marks.
            return pieces[0].Split(' ', '\t').Concat(pieces[1..]).SelectMany(Deeper);
        }
        if (command.Is("as"))
            return command.Arguments.Contains("/c", StringComparison.Ordinal) || text.IndexOf('{', at) >= 0 ? command.Arguments.Split(' ', '\t', '"').SelectMany(Deeper) : [];
        var runsStrings = command.Name.StartsWith("!for_each", StringComparison.OrdinalIgnoreCase) || command.Is("!list") || command.Is("dx") || command.Is(".foreach") || KdWords.Resumes(command.Name)
            || (command.Is(".shell") && command.Arguments.Contains("-ci", StringComparison.OrdinalIgnoreCase));
        return runsStrings ? command.Arguments.Split('"').Where((_, index) => index % 2 == 1).SelectMany(Deeper) : [];
    }

    private IEnumerable<KdCommand> Deeper(string inner) => new KdLine(inner, depth + 1).Read();

    private void Skip(string characters)
    {
        for (; at < text.Length && characters.Contains(text[at]); at++)
        {
            if (text[at] == '{')
                (braces, isBeforeBlock) = (braces + 1, false);
            else if (text[at] == '}' && braces > 0)
                braces--;
        }
    }

    private void TakeUntil(string ends) => at = text.AsSpan(at).IndexOfAny(ends) is var end and >= 0 ? at + end : text.Length;
}
