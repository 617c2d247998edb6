using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace OrleansKd.Grains.Abstractions;

/// <summary>
/// Text as part of a grain's key: trimmed and lower-cased, every character but <c>a-z 0-9 @ . _ + -</c> written as <c>=XXXX</c> (UTF-16),
/// so that two texts never share a table row however keys are sanitised below. What would get longer than a table's key may be is its hash.
/// </summary>
internal static class KeyText
{
    private const string Safe = "abcdefghijklmnopqrstuvwxyz0123456789@._+-";

    /// <summary>A key of a table has less than 512 characters here, and a grain's has a type and another part beside this one.</summary>
    private const int LongestKey = 400;

    /// <summary>Whether this can be a key that <see cref="Of"/> made.</summary>
    public static bool IsKey(string text) => text.Length is > 0 and <= LongestKey && text.All(c => Safe.Contains(c, StringComparison.Ordinal) || c is '=' or 'H' || char.IsAsciiHexDigitUpper(c));

    public static string Normalize(string text) => text.Trim().ToLowerInvariant();

    public static string Of(string text)
    {
        var normal = Normalize(text);
        var key = new StringBuilder(normal.Length);
        foreach (var c in normal)
        {
            if (Safe.Contains(c, StringComparison.Ordinal))
                key.Append(c);
            else
                key.Append('=').Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
        }
        // H is no digit of an escaped character, so no short text has this key.
        return key.Length <= LongestKey ? key.ToString() : "=H" + Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(normal.AsSpan())));
    }
}
