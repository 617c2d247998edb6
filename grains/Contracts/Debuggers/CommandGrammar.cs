using System.Collections.Frozen;
using OrleansKd.Contracts.Debuggers.Gdb;
using OrleansKd.Contracts.Debuggers.Kd;
using OrleansKd.Contracts.Debuggers.Lldb;

namespace OrleansKd.Contracts.Debuggers;

/// <summary>
/// The command language of one kind of debugger, as far as a line alone tells (rules E6, E7, F5). The server enforces with it, agent and
/// client ask it. Invariant: what is not understood is refused to an operator who may only inspect. What a line can't show: aliases,
/// user-defined commands, macros and scripts that the host has defined under a reading command's name.
/// </summary>
public abstract class CommandGrammar
{
    private static readonly UnknownGrammar Unknown = new();

    private static readonly FrozenDictionary<string, CommandGrammar> Known = new Dictionary<string, CommandGrammar>
    {
        ["gdb"] = new GdbGrammar(),
        ["kd"] = new KdGrammar("kd"),
        ["cdb"] = new KdGrammar("cdb"),
        ["ntsd"] = new KdGrammar("ntsd"),
        ["lldb"] = new LldbGrammar(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="debuggerKind">As on the wire: <c>gdb</c>, <c>kd</c>, <c>cdb</c>, <c>ntsd</c>, <c>lldb</c>. Of another kind no words are known, and nothing may be inspected.</param>
    public static CommandGrammar For(string debuggerKind) => Known.GetValueOrDefault(debuggerKind, Unknown);

    /// <summary>
    /// The first quit word that the debugger would act on in this line, as typed but in lower case (<c>k; QQ</c>: <c>qq</c>); null when there is
    /// none. Not one in a string, a comment or an argument. In doubt a word counts: its author is asked once too often.
    /// </summary>
    public abstract string? QuitWordIn(string line);

    /// <summary>Null when every part of the line is a known reading command; else what is not, by name, as a sentence for the operator.</summary>
    public string? RefusalToInspect(string line)
    {
        if (line.Length > Limits.CommandLength)
            return $"A command has at most {Limits.CommandLength} characters.";
        foreach (var rune in line.EnumerateRunes())
        {
            if (rune.Value is (< ' ' or > '~') and not '\t')
                return $"The character U+{rune.Value:X4} has no place in a reading command.";
        }
        return RefusalOf(line);
    }

    /// <summary>Enter on an empty line may enter this command again (rule E6): it steps or pages, and does nothing else.</summary>
    public abstract bool MayRepeat(string line);

    /// <summary>Whether the line lets the target run.</summary>
    public abstract bool Resumes(string line);

    /// <summary>Whether the debugger reads the lines after this one as its input. In doubt it does: they could be written into the target.</summary>
    public abstract bool AsksForMore(string line);

    /// <summary>Whether this is the debugger's own prompt, at which a line is a command, and not one for more of an earlier command.</summary>
    public abstract bool IsOwnPrompt(string prompt);

    /// <summary>The reading command so that the debugger itself refuses what its text can't show, where the debugger is able to.</summary>
    public virtual string Guarded(string line) => line;

    /// <param name="line">Printable ASCII and tabs, of permitted length.</param>
    private protected abstract string? RefusalOf(string line);
}
