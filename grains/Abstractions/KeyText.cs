using System.Globalization;
using System.Text;

namespace OrleansKd.Grains.Abstractions;

/// <summary>
/// Text as part of a grain's key: trimmed and lower-cased, every character but <c>a-z 0-9 @ . _ + -</c> written as <c>=XXXX</c> (UTF-16),
/// so that two texts never share a table row however keys are sanitised below.
/// </summary>
internal static class KeyText
{
    private const string Safe = "abcdefghijklmnopqrstuvwxyz0123456789@._+-";

    public static string Normalize(string text) => text.Trim().ToLowerInvariant();

    public static string Of(string text)
    {
        var key = new StringBuilder(text.Length);
        foreach (var c in Normalize(text))
        {
            if (Safe.Contains(c, StringComparison.Ordinal))
                key.Append(c);
            else
                key.Append('=').Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
        }
        return key.ToString();
    }
}
