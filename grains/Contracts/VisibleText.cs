using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrleansKd.Contracts;

/// <summary>
/// The one policy for text that somebody else controls, wherever it is shown: terminal, command line, mail, log file.
/// Tab and line feed are layout. Every other C0 control and DEL becomes its Unicode control picture (ESC is ␛), every C1
/// control, format or bidirectional character, line or paragraph separator and lone surrogate becomes
/// <c>‹U+202E›</c>. U+200D (joins emoji) stays.
/// </summary>
public static class VisibleText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        string.Concat(Enumerable.Range(0x20, 0x5F).Select(code => (char)code)) + "\t\n");

    /// <summary>Makes <paramref name="text"/> safe to show; the same instance when nothing had to change.</summary>
    public static string From(string text)
    {
        var first = text.AsSpan().IndexOfAnyExcept(Plain);
        if (first < 0)
            return text;
        var result = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (var rune in text.AsSpan(first).EnumerateRunes())
            Append(result, rune);
        return result.ToString();
    }

    /// <summary>Whether a name or description holds a character that <see cref="From"/> would replace (rule B5). Tab and line feed count when <paramref name="isOneLine"/>.</summary>
    public static bool HasHidden(string text, bool isOneLine)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' ? isOneLine : rune == Rune.ReplacementChar || IsHidden(rune))
                return true;
        }
        return false;
    }

    private static void Append(StringBuilder result, Rune rune)
    {
        if (rune.Value is '\t' or '\n' || !IsHidden(rune))
            result.Append(rune.ToString());
        else if (rune.Value < 0x20)
            result.Append((char)(0x2400 + rune.Value));
        else if (rune.Value == 0x7F)
            result.Append('\u2421');
        else
            result.Append("‹U+").Append(rune.Value.ToString("X4", CultureInfo.InvariantCulture)).Append('›');
    }

    private static bool IsHidden(Rune rune) => rune.Value != 0x200D && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
