using System.Text;

namespace OrleansKd.EndToEnd.Tests.Infrastructure;

/// <summary>
/// Finds a text in bytes in every form that it may have taken on the way: UTF-8 and UTF-16, in either case, hexadecimal, fully percent-encoded,
/// and in base64 of any of the first, wherever it began. A text of ASCII letters and digits has no other form in JSON, HTML or an address. Its
/// two halves count, too: what is sent in pieces is cut anywhere.
/// </summary>
internal sealed class TextSearch
{
    private readonly Form[] forms;

    public TextSearch(string text)
    {
        Assert.True(text.Length >= 16 && text.All(char.IsAsciiLetterOrDigit), text);
        Text = text;
        forms = [.. new[] { text[..(text.Length / 2)], text[(text.Length / 2)..] }.SelectMany(FormsOf)];
    }

    public string Text { get; }

    /// <summary>The form in which it is there; null when it is not.</summary>
    public string? FindIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var form in forms)
        {
            if (bytes.IndexOf(form.Bytes) >= 0)
                return form.Name;
        }
        return null;
    }

    public string? FindIn(string text) => FindIn(Encoding.UTF8.GetBytes(text)) ?? FindIn(Encoding.Unicode.GetBytes(text));

    private static IEnumerable<Form> FormsOf(string half)
    {
        foreach (var text in new[] { half, half.ToUpperInvariant(), half.ToLowerInvariant() }.Distinct())
        {
            foreach (var (name, encoding) in new[] { ("UTF-8", Encoding.UTF8), ("UTF-16", Encoding.Unicode), ("UTF-16 big endian", Encoding.BigEndianUnicode) })
            {
                var bytes = encoding.GetBytes(text);
                yield return new($"{name} '{text}'", bytes);
                for (var shift = 0; shift < 3; shift++)
                    yield return new($"base64 of {name} '{text}'", Encoding.ASCII.GetBytes(Base64(bytes, shift)));
            }
            var ascii = Encoding.ASCII.GetBytes(text);
            yield return new($"hexadecimal '{text}'", Encoding.ASCII.GetBytes(Convert.ToHexString(ascii)));
            yield return new($"hexadecimal '{text}'", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(ascii)));
            yield return new($"percent-encoded '{text}'", Encoding.ASCII.GetBytes(string.Concat(ascii.Select(value => $"%{value:X2}"))));
        }
    }

    /// <summary>The digits that do not depend on what stands around it, when it begins at the third's place <paramref name="shift"/>.</summary>
    private static string Base64(byte[] bytes, int shift)
    {
        var digits = Convert.ToBase64String([.. new byte[shift], .. bytes, .. new byte[3]]);
        var first = (shift * 8 + 5) / 6;
        var last = (shift + bytes.Length) * 8 / 6;
        return digits[first..last];
    }

    private sealed record Form(string Name, byte[] Bytes);
}
