using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace OrleansKd.Chaos.Printing;

/// <summary>
/// Compares output, byte by byte as it comes, with what the program printed: first what the debugger says, then exactly the stream
/// to its end, then what the debugger says again. The first byte that differs throws.
/// </summary>
internal sealed class PrintedCheck(ulong seed)
{
    /// <summary>Bytes before the stream: gdb's greeting is a few hundred.</summary>
    private const int MostBefore = 64 * 1024;

    private readonly byte[] beginning = PrintedStream.Beginning(seed);
    private readonly List<byte> before = [];
    private readonly List<byte> after = [];
    private readonly XxHash128 seen = new();
    private ReadOnlyMemory<byte> line;
    private int at;
    private bool isEnd;

    public bool HasBegun { get; private set; }

    public bool HasEnded { get; private set; }

    /// <summary>Lines of the stream that were there in full.</summary>
    public ulong Lines { get; private set; }

    /// <summary>Bytes of the stream that were compared.</summary>
    public long Bytes { get; private set; }

    public string Before => Encoding.UTF8.GetString([.. before]);

    /// <summary>What the debugger printed after the stream.</summary>
    public string After => Encoding.UTF8.GetString([.. after]);

    /// <summary>XXH128 of the stream's bytes as they came; see <see cref="PrintedStream.ChecksumOf"/>.</summary>
    public string Checksum => Convert.ToHexStringLower(seen.GetCurrentHash());

    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (!HasBegun)
            bytes = FindBeginning(bytes);
        while (bytes.Length > 0 && !HasEnded)
            bytes = Compare(bytes);
        after.AddRange(bytes);
    }

    private ReadOnlySpan<byte> FindBeginning(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            before.Add(bytes[i]);
            if (before.Count >= beginning.Length && before[^1] == (byte)'\n' && before[^beginning.Length..].SequenceEqual(beginning))
            {
                HasBegun = true;
                return bytes[(i + 1)..];
            }
        }
        return before.Count > MostBefore ? throw new InvalidDataException($"The stream did not begin within {MostBefore} bytes.") : [];
    }

    private ReadOnlySpan<byte> Compare(ReadOnlySpan<byte> bytes)
    {
        if (at == 0)
        {
            isEnd = bytes[0] == (byte)'<';
            line = isEnd ? PrintedStream.End(Lines) : PrintedStream.Line(seed, Lines);
        }
        var count = Math.Min(bytes.Length, line.Length - at);
        var wanted = line.Span.Slice(at, count);
        if (!bytes[..count].SequenceEqual(wanted))
            throw Differs(bytes[..count], wanted);
        seen.Append(bytes[..count]);
        Bytes += count;
        at += count;
        if (at == line.Length)
        {
            at = 0;
            HasEnded = isEnd;
            Lines += isEnd ? 0UL : 1;
        }
        return bytes[count..];
    }

    private InvalidDataException Differs(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> wanted)
    {
        var first = bytes.CommonPrefixLength(wanted);
        static string Show(ReadOnlySpan<byte> some) => Convert.ToHexString(some[..Math.Min(some.Length, 48)]);
        return new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
            $"Byte {Bytes + first} of the stream (line {Lines}, byte {at + first} of it) differs: it is {Show(bytes[first..])}, it should be {Show(wanted[first..])}."));
    }
}
