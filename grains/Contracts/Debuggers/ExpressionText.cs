using System.Buffers;
using System.Collections.Frozen;

namespace OrleansKd.Contracts.Debuggers;

/// <summary>
/// Whether an expression only reads. Looks at characters, not at grammar: an operator that writes and the parenthesis of a call are refused
/// wherever they stand, so that it does not matter how a debugger groups the rest.
/// </summary>
internal static class ExpressionText
{
    /// <summary>Words that are operators in C++ (some write), and those that make or destroy.</summary>
    private static readonly FrozenSet<string> WritingWords = new[] { "and_eq", "or_eq", "xor_eq", "new", "delete", "operator", "throw" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <param name="characters">Which may occur at all.</param>
    /// <param name="functions">Names that may stand before a parenthesis.</param>
    /// <returns>Null when it only reads; else why not, as a sentence.</returns>
    public static string? RefusalOf(string text, SearchValues<char> characters, FrozenSet<string> functions)
    {
        if (text.AsSpan().IndexOfAnyExcept(characters) is var strange and >= 0)
            return $"“{text[strange]}” in “{text}” is more than a reading command takes.";
        for (var at = 0; at < text.Length;)
        {
            var length = OperatorLength(text, at);
            if (Writes(text.AsSpan(at, length)))
                return $"“{text.Substring(at, length)}” in “{text}” would change something; the right to inspect only reads.";
            if (text[at] == '(' && !MayOpen(text, at, functions))
                return $"“{text[..(at + 1)].Trim()}” would call something; the right to inspect only reads.";
            if (text[at] == '[' && !IsOperand(LastBefore(text, at)))
                return $"“[” in “{text}” is more than a reading command takes.";
            at += length;
        }
        foreach (var word in Words(text))
        {
            if (WritingWords.Contains(word))
                return $"“{word}” in “{text}” would change something; the right to inspect only reads.";
        }
        return null;
    }

    private static int OperatorLength(string text, int at)
    {
        foreach (var known in (string[])["<<=", ">>=", "==", "!=", "<=", ">=", "++", "--", "->", "<<", ">>", "/*", "//"])
        {
            if (string.CompareOrdinal(text, at, known, 0, known.Length) == 0)
                return known.Length;
        }
        return 1;
    }

    /// <summary>Comments, too: macro expansion takes them out of <c>f/**/(1)</c>.</summary>
    private static bool Writes(ReadOnlySpan<char> token) => token is "=" or "++" or "--" or "<<=" or ">>=" or "/*" or "//";

    private static bool MayOpen(string text, int at, FrozenSet<string> functions)
    {
        var last = LastBefore(text, at);
        if (!IsOperand(last) && last is not ('>' or '\'' or '`'))
            return true;
        var end = text.AsSpan(0, at).TrimEnd().Length;
        var start = end;
        while (start > 0 && IsWord(text[start - 1]))
            start--;
        return functions.Contains(text[start..end]);
    }

    private static char LastBefore(string text, int at)
    {
        var before = text.AsSpan(0, at).TrimEnd();
        return before.IsEmpty ? default : before[^1];
    }

    private static bool IsOperand(char last) => IsWord(last) || last is ')' or ']';

    private static bool IsWord(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '$';

    private static IEnumerable<string> Words(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var start = at;
            while (at < text.Length && IsWord(text[at]))
                at++;
            if (at > start)
                yield return text[start..at];
        }
    }
}
