using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace OrleansKd.Contracts.Debuggers.Lldb;

/// <summary>
/// lldb's most used commands. Reading ones take no expression: lldb compiles an expression and runs it in the target, <c>print</c> and <c>p</c>
/// included; backticks run one in any argument.
/// </summary>
internal sealed partial class LldbGrammar : CommandGrammar
{
    private static readonly FrozenSet<string> Resuming = new[]
    {
        "r", "run", "c", "continue", "n", "next", "ni", "nexti", "s", "step", "si", "stepi", "sif", "finish", "j", "jump", "kill", "detach",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Paging = new[] { "n", "next", "ni", "nexti", "s", "step", "si", "stepi", "x", "l", "list" }.ToFrozenSet(StringComparer.Ordinal);

    public override string? QuitWordIn(string line) => Name(line) is "q" or "qu" or "qui" or "quit" or "exi" or "exit" ? Name(line) : null;

    public override bool MayRepeat(string line) => Paging.Contains(Name(line));

    public override bool Resumes(string line) => Resuming.Contains(Name(line)) || ResumingPair().IsMatch(line);

    public override bool AsksForMore(string line) => MoreInput().IsMatch(line) || line.TrimEnd().EndsWith('\\');

    public override bool IsOwnPrompt(string prompt) => prompt.Trim() == "(lldb)";

    private protected override string? RefusalOf(string line)
    {
        var command = line.Trim();
        if (command.Length == 0)
            return Reading.NoCommand;
        return ReadingCommand().IsMatch(command) ? null : Reading.NotKnown("lldb", command);
    }

    private static string Name(string line)
    {
        var text = line.AsSpan().TrimStart();
        return (text.IndexOfAnyExcept(Letters) is var end and >= 0 ? text[..end] : text).ToString();
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    [GeneratedRegex(@"^\s*(pr(o|oc|oce|oces|ocess)?\s+(la|lau|launch|c|co|cont|continue|d|de|detach|k|kill|sig|signal)|th(r|re|rea|read)?\s+(s|st|step|c|con|cont|continue|u|until|j|jump|ret|return)[a-z-]*)\b")]
    private static partial Regex ResumingPair();

    [GeneratedRegex(@"^\s*((sc|scr|script|repl|gui|e|ex|exp|expr|expression|p|print|po|call)|(command|com)\s+(regex|script\s+add).*|(breakpoint|br|b|watchpoint|wa)\s+(command|com)\s+add.*)\s*$")]
    private static partial Regex MoreInput();

    /// <summary>Each with the arguments that only read: numbers, registers, names, members.</summary>
    [GeneratedRegex(@"^(
        bt([ ](all|[0-9]+))?
        |thread[ ](list|info([ ][0-9]+)?|backtrace([ ](all|[0-9]+|-c[ ][0-9]+))*)
        |frame[ ]info
        |(frame[ ]variable|v)([ ]-[alsrgT])*([ ][*&]?[A-Za-z_][A-Za-z0-9_]*((\.|->)[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\])*)*
        |register[ ]read([ ](-a|--all|[a-z][a-z0-9]*))*
        |(memory[ ]read|x)(/[0-9]*[a-zA-Z]*)?([ ]-[csf][ ][A-Za-z0-9]+)*([ ](0x[0-9a-fA-F]+|[0-9]+|\$[a-z][a-z0-9]*))+
        |(disassemble|di|dis)([ ](-[pfmb]|-[cn][ ][A-Za-z0-9_:]+|-[sea][ ](0x[0-9a-fA-F]+|\$[a-z][a-z0-9]*)))*
        |(image|target[ ]modules)[ ](list|lookup([ ]-v)?[ ]-[anst][ ][A-Za-z0-9_:]+)
        |(breakpoint|watchpoint)[ ]list
        |process[ ]status|target[ ]list|version
        |(source[ ]list|list|l)([ ]-[ln][ ][A-Za-z0-9_:]+)?
        |help([ ][a-z-]+)*
        )$", RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex ReadingCommand();
}
