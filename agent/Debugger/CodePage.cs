using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrleansKd.Agent.Debugger;

/// <summary>
/// The encoding of a debugger that does not print UTF-8, such as kd on Windows, which writes the console's code page to a pipe.
/// Everything behind it is UTF-8. A byte that is no text becomes the lone surrogate U+DC00 + byte, which is no UTF-8, so that it
/// can be told from text and turned back (rule I2).
/// </summary>
public sealed class CodePage
{
    private readonly Encoding decoding;
    private readonly Encoding encoding;

    private CodePage(string name)
    {
        Name = name;
        decoding = Get(name, EncoderFallback.ExceptionFallback, new KeptByteFallback());
        encoding = Get(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
    }

    public string Name { get; }

    /// <summary>Reads an option: false when it names no encoding that a console can have.</summary>
    /// <param name="page">Null: UTF-8.</param>
    public static bool TryParse(string name, out CodePage? page)
    {
        page = null;
        return name.Trim().ToUpperInvariant() is "UTF-8" or "UTF8" or "65001" || (page = Find(name)) is not null;
    }

    /// <summary>By name (<c>windows-1252</c>, <c>ibm850</c>, <c>shift_jis</c>) or number; null when there is none that a console can have.</summary>
    internal static CodePage? Find(string name)
    {
        try
        {
            var page = new CodePage(name.Trim());
            return page.decoding is UTF8Encoding or UnicodeEncoding or UTF32Encoding ? null : page;
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Reads one run's output.</summary>
    internal CodePageReader CreateReader() => new(decoding.GetDecoder());

    /// <summary>Null when it has no such character.</summary>
    internal byte[]? TryEncode(string text)
    {
        try
        {
            return encoding.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    private static Encoding Get(string name, EncoderFallback encoder, DecoderFallback decoder)
    {
        var pages = CodePagesEncodingProvider.Instance;
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? pages.GetEncoding(number, encoder, decoder) ?? Encoding.GetEncoding(number, encoder, decoder)
            : pages.GetEncoding(name, encoder, decoder) ?? Encoding.GetEncoding(name, encoder, decoder);
    }
}

/// <summary>Turns a debugger's output into UTF-8, however it is cut.</summary>
internal sealed class CodePageReader(Decoder decoder)
{
    /// <summary>The UTF-8 of a block; what it ends in the middle of comes with the next one.</summary>
    public byte[] Read(ReadOnlySpan<byte> block, bool isEnd = false)
    {
        var chars = new char[decoder.GetCharCount(block, isEnd)];
        var text = chars.AsSpan(0, decoder.GetChars(block, chars, isEnd));
        var bytes = new ArrayBufferWriter<byte>(text.Length + 16);
        while (text.IndexOfAnyInRange(KeptByteFallback.FirstHigh, KeptByteFallback.LastLow) is var at and >= 0)
        {
            Encoding.UTF8.GetBytes(text[..at], bytes);
            var kept = KeptByteFallback.ByteOf(text[at], text[at + 1]);
            bytes.Write((ReadOnlySpan<byte>)[0xED, (byte)(0xB0 | (kept >> 6)), (byte)(0x80 | (kept & 0x3F))]);
            text = text[(at + 2)..];
        }
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes.WrittenSpan.ToArray();
    }
}

/// <summary>Carries bytes that are no text through a decoder as two noncharacters each, which no code page has.</summary>
internal sealed class KeptByteFallback : DecoderFallback
{
    public const char FirstHigh = '\uFDD0', FirstLow = '\uFDE0', LastLow = '\uFDEF';

    /// <summary>A code page's longest sequence is four bytes.</summary>
    public override int MaxCharCount => 8;

    public static int ByteOf(char high, char low) => ((high - FirstHigh) << 4) | (low - FirstLow);

    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

    private sealed class Buffer : DecoderFallbackBuffer
    {
        private string chars = "";
        private int next;

        public override int Remaining => chars.Length - next;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            chars = string.Concat(bytesUnknown.Select(kept => $"{(char)(FirstHigh + (kept >> 4))}{(char)(FirstLow + (kept & 0xF))}"));
            next = 0;
            return true;
        }

        public override char GetNextChar() => next < chars.Length ? chars[next++] : '\0';

        public override bool MovePrevious() => next > 0 && next-- > 0;

        public override void Reset() => (chars, next) = ("", 0);
    }
}
