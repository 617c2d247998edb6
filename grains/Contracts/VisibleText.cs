using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrleansKd.Contracts;

/// <summary>
/// The one policy for text that somebody else controls (rule G5), wherever it is shown: terminal, command line, mail, log files, server log,
/// exported text, pages of the sign-in. Nothing is taken out, nothing passes but visible text and layout:
/// <list type="bullet">
/// <item>Tab and line feed are layout; where text stands on one line (<see cref="Line"/>) they are spaces.</item>
/// <item>Every other C0 control and DEL becomes its Unicode control picture (ESC is ␛).</item>
/// <item>Every C1 control, format or bidirectional character, line or paragraph separator, private or unassigned character and lone surrogate,
/// and whatever else Unicode says has no look of its own (fillers, variation selectors), becomes <c>‹U+202E›</c>. U+200D, U+FE0E and U+FE0F,
/// which emoji are made of, stay.</item>
/// <item>A byte that is not UTF-8 becomes <c>‹FF›</c>, where bytes are decoded.</item>
/// <item>Combining marks stay, however many: people write with them. So do lines, however long: who shows them cuts or wraps.</item>
/// </list>
/// As JSON (<c>--json</c>, JSON Lines) everything that is not ASCII is escaped instead. Only raw bytes, which are never written to a terminal, are as they came.
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

    /// <summary>The same on one line.</summary>
    public static string Line(string text) => From(text.Replace("\r\n", "\n", StringComparison.Ordinal)).Replace('\n', ' ').Replace('\t', ' ');

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

    private static bool IsHidden(Rune rune) => rune.Value is not (0x200D or 0xFE0E or 0xFE0F) && (HasNoLook(rune.Value) || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>Unicode's <c>Default_Ignorable_Code_Point</c> where the category is a letter's or mark's: combining joiner, Hangul fillers, Khmer inherent vowels, variation selectors.</summary>
    private static bool HasNoLook(int value) =>
        value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0100 and <= 0xE01EF);
}
