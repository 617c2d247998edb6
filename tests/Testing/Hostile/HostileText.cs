using System.Globalization;
using System.Text;

namespace OrleansKd.Testing.Hostile;

/// <summary>Bytes that a debugger, a target or a person may send, with ordinary words around and in them that must stay readable.</summary>
/// <param name="Words">All of these are in what is shown, in this order.</param>
public sealed record HostileText(string Name, byte[] Bytes, params string[] Words)
{
    /// <summary>As somebody's text, where such bytes can be one: what is not UTF-8 is replaced.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    public override string ToString() => Name;
}

/// <summary>
/// Everything that has driven a terminal, a browser or a reader's eye where it should not: the corpus that every place is fed that shows text.
/// A new way found is added here, and so tried everywhere.
/// </summary>
public static class HostileTexts
{
    private const string Before = "before", After = "after";

    public static IReadOnlyList<HostileText> All { get; } = [.. Known()];

    /// <summary>All of it, one behind the other.</summary>
    public static byte[] Whole => [.. All.SelectMany(text => (byte[])[.. text.Bytes, (byte)'\n'])];

    private static IEnumerable<HostileText> Known()
    {
        for (var code = 0; code < 0x20; code++)
        {
            if (code is not ('\t' or '\n' or '\r'))
                yield return Of($"C0 {code:X2}", $"{(char)code}");
        }
        yield return Of("DEL", "\u007f");
        for (var code = 0x80; code < 0xA0; code++)
        {
            yield return Of($"C1 {code:X2} as UTF-8", $"{(char)code}31m");
            yield return OfBytes($"C1 {code:X2} as a byte", [(byte)code, .. "31m"u8]);
            yield return Of($"C1 {code:X2} with ESC", $"\u001b{(char)(code - 0x40)}31m");
        }
        yield return Of("clear and home", "\u001b[2J\u001b[H");
        yield return Of("alternate screen, mouse, paste mode", "\u001b[?1049h\u001b[?1000h\u001b[?2004h");
        yield return Of("device attributes asked for", "\u001b[c\u001b[>c\u001b[=c");
        yield return Of("cursor position asked for", "\u001b[6n\u001b[?6n\u001b[5n");
        yield return Of("window reports", "\u001b[21t\u001b[20t\u001b[14t\u001b[18t");
        yield return Of("title", "\u001b]0;rm -rf /\a\u001b[21t");
        yield return Of("terminal parameters", "\u001b[x\u001b[1;2$y\u001b[?1$p");
        yield return Of("OSC 8 link", "\u001b]8;;javascript:alert(1)\u001b\\", "\u001b]8;;\u001b\\");
        yield return Of("OSC 50 font", "\u001b]50;?\a\u001b]50;$(id)\u0007");
        yield return Of("OSC 52 clipboard", "\u001b]52;c;ZXZpbA==\u0007\u001b]52;c;?\u0007");
        yield return Of("OSC 4, 10, 11 colours asked for", "\u001b]4;0;?\a\u001b]10;?\a\u001b]11;?\a");
        yield return Of("OSC 1337 file", "\u001b]1337;File=name=YQ==;inline=1:AAAA\a");
        yield return Of("DECRQSS", "\u001bP$q\"p\u001b\\\u001bP$qm;rm\u001b\\");
        yield return Of("XTGETTCAP", "\u001bP+q544e\u001b\\");
        yield return Of("tmux passthrough", "\u001bPtmux;\u001b\u001b]52;c;?\a\u001b\\");
        yield return Of("sixel", "\u001bPq#0;2;0;0;0~~\u001b\\");
        yield return Of("APC, PM, SOS", "\u001b_Gf=100\u001b\\\u001b^x\u001b\\\u001bXy\u001b\\");
        yield return Of("C1 CSI, OSC, DCS, APC", "\u009b6n\u009d52;c;?\u009c\u0090$qm\u009c\u009fG\u009c");
        yield return Of("user-defined keys", "\u001bP1;1|17/6c73\u001b\\");
        yield return Of("enquiry", "\u0005");
        yield return Of("an escape that does not end", "\u001b[");
        yield return Of("a string that does not end", "\u001b]0;");
        yield return Of("backspaces", "\b\b\b\b\b\b");
        foreach (var code in (int[])[0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2028, 0x2029, 0x2060, 0x2061, 0x2066, 0x2067, 0x2068, 0x2069,
            0x206A, 0x206F, 0x3164, 0xFE00, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFE, 0xE000, 0x1D173, 0xE0001, 0xE0041, 0xE007F, 0xE0100, 0xE01EF, 0xF0000, 0x10FFFF])
            yield return Of($"U+{code:X4}", char.ConvertFromUtf32(code));
        yield return Of("reversed file name", "\u202egpj.\u202cexe");
        yield return Of("isolates", "\u2066\u2067x\u2069\u2069");
        yield return Of("tags spell a text", string.Concat("hide".Select(letter => char.ConvertFromUtf32(0xE0000 + letter))));
        yield return OfBytes("lone high surrogate", [0xED, 0xA0, 0x80]);
        yield return OfBytes("lone low surrogate", [0xED, 0xB0, 0x80]);
        yield return OfBytes("surrogate pair in UTF-8", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]);
        yield return OfBytes("overlong ESC", [0xC0, 0x9B, 0xE0, 0x80, 0x9B, 0xF0, 0x80, 0x80, 0x9B]);
        yield return OfBytes("overlong slash", [0xC0, 0xAF]);
        yield return OfBytes("beyond Unicode", [0xF4, 0x90, 0x80, 0x80, 0xF8, 0x88, 0x80, 0x80, 0x80, 0xFE, 0xFF]);
        yield return OfBytes("cut code point, then ESC", [0xE2, 0x82, 0x1B, (byte)'[', (byte)'6', (byte)'n']);
        yield return OfBytes("continuation bytes alone", [0x80, 0xBF, 0x9B, 0x9D]);
        yield return OfBytes("Latin-1", [0xE9, 0xFC]);
        yield return Of("combining flood", "e" + new string('\u0301', 2_000));
        yield return Of("a very long line", new string('x', 20_000) + "\u001b[6n");
        yield return Of("lines of ours", "\n── Session terminated by Ann Host (Contoso)\n");
        yield return Of("markup", "<script>alert(1)</script></pre><img src=x onerror=alert(1)>&lt;");
        yield return Of("mail and HTTP headers", "\r\nBcc: mallory@x.example\r\n\r\n");
        yield return Of("log lines", "\r\ninfo: forged[0] all is well\r\n2026-01-01T00:00:00.000Z crit forged");
        yield return Of("format strings", "{0} {Name} %s %n ${jndi:ldap://x} $(id) `id`");
        yield return new("ordinary writing", "ünï 漢字 עברית हिन्दी 👩‍💻 ❤️ 🏳️‍🌈 e\u0301"u8.ToArray(), "ünï", "漢字", "עברית", "हिन्दी", "👩‍💻", "❤️", "🏳️‍🌈");
    }

    private static HostileText Of(string name, string text, string rest = "") => OfBytes(name, [.. Encoding.UTF8.GetBytes(text + rest)]);

    private static HostileText OfBytes(string name, byte[] bytes) => new(name, [.. Encoding.ASCII.GetBytes(Before), .. bytes, .. Encoding.ASCII.GetBytes(After)], Before, After);
}

/// <summary>What everything that is shown must be, told without the product's own rules.</summary>
public static class Shown
{
    /// <summary>Null when it is nothing but visible text and layout; else what it is not.</summary>
    /// <param name="isOneLine">A line feed or tab is none of the layout.</param>
    public static string? ProblemOf(string shown, bool isOneLine = false)
    {
        for (var at = 0; at < shown.Length; at++)
        {
            var isPair = char.IsSurrogatePair(shown, at);
            var code = isPair ? char.ConvertToUtf32(shown, at) : shown[at];
            if (code is '\n' or '\t' ? isOneLine : IsForbidden(code))
                return $"U+{code:X4} stands at {at}: {Around(shown, at)}";
            at += isPair ? 1 : 0;
        }
        return null;
    }

    /// <summary>Null when the words are readable in it, in order; else which is not.</summary>
    public static string? MissingOf(string shown, HostileText text)
    {
        var from = 0;
        foreach (var word in text.Words)
        {
            var at = shown.IndexOf(word, from, StringComparison.Ordinal);
            if (at < 0)
                return $"'{word}' of {text.Name} is not readable: {Around(shown, from)}";
            from = at + word.Length;
        }
        return null;
    }

    private static bool IsForbidden(int code) => code is 0x200D or 0xFE0E or 0xFE0F ? false
        : code is < 0x20 or (>= 0x7F and < 0xA0) or (>= 0xD800 and < 0xE000) or (>= 0xE0000 and <= 0xE0FFF) or 0x34F or 0x115F or 0x1160 or 0x3164 or 0xFFA0 or (>= 0xFE00 and <= 0xFE0F)
            || CharUnicodeInfo.GetUnicodeCategory(code) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static string Around(string text, int at) => System.Text.Json.JsonSerializer.Serialize(text[Math.Max(0, at - 40)..Math.Min(text.Length, at + 40)]);
}
