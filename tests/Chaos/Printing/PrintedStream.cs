using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace OrleansKd.Chaos.Printing;

/// <summary>What <c>tests/Testing/SamplePrograms/stream.c</c> prints: every line is a function of the seed and its number.</summary>
internal static class PrintedStream
{
    private static readonly byte[][] Letters = [.. "abcdefghijklmnopqrstuvwxyz0123456789 ()".Select(letter => new[] { (byte)letter })];
    private static readonly byte[][] Utf8 = [[0xC3, 0xA9], [0xC3, 0x9F], [0xE6, 0xBC, 0xA2], [0xE5, 0xAD, 0x97], [0xF0, 0x9F, 0x98, 0x80], [0xE2, 0x80, 0xAE], [(byte)'x']];
    private static readonly byte[][] NoText = [[0xFF], [0xC3], [0x80], [0xE2, 0x82], [0xF0, 0x9F], [0x1B, (byte)'[', (byte)'3', (byte)'1', (byte)'m'], [(byte)'\r'], [0], [(byte)'y']];

    public static byte[] Beginning(ulong seed) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<<stream {seed}>>\n"));

    public static byte[] End(ulong lines) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<<end {lines}>>\n"));

    public static ReadOnlyMemory<byte> Line(ulong seed, ulong number)
    {
        var state = unchecked(seed + (number * 0xD1342543DE82EF95UL));
        var line = new ArrayBufferWriter<byte>(256);
        line.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}:")));
        var shape = Mix(ref state) % 20;
        var pieces = shape is >= 1 and <= 3 ? Utf8 : shape == 4 ? NoText : Letters;
        var count = shape == 0 ? 500 + (int)(Mix(ref state) % 30000) : 10 + (int)(Mix(ref state) % 90);
        for (var i = 0; i < count; i++)
            line.Write(pieces[Mix(ref state) % (ulong)pieces.Length]);
        line.Write("\n"u8);
        return line.WrittenMemory;
    }

    /// <summary>XXH128 of everything from the beginning to the end, made anew.</summary>
    public static string ChecksumOf(ulong seed, ulong lines)
    {
        var hash = new XxHash128();
        for (var number = 0UL; number < lines; number++)
            hash.Append(Line(seed, number).Span);
        hash.Append(End(lines));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static ulong Mix(ref ulong state)
    {
        unchecked
        {
            var z = state += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
