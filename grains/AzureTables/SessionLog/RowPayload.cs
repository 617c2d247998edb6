using System.Buffers;
using System.IO.Compression;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>How a row's bytes are packed. The numbers are stored: never reused.</summary>
internal enum RowCodec
{
    /// <summary><see cref="EntryCodec"/>'s bytes as they are: what does not compress.</summary>
    Plain = 1,

    /// <summary>The same bytes in Brotli.</summary>
    Brotli = 2,
}

/// <summary>Packs and unpacks the bytes of one row.</summary>
internal static class RowPayload
{
    /// <summary>Azure's limit for a property.</summary>
    public const int PartBytes = 64 * 1024;

    /// <summary>Azurite's limit for a row (measured: 11 parts are accepted, 12 refused). An append of the largest size has 8.</summary>
    public const int MaxParts = 11;

    // Brotli's fastest but plain copying: a writer packs while its session waits.
    private const int BrotliQuality = 1;

    // 2^19 = 512 KB: the largest payload; a larger window would only cost memory.
    private const int BrotliWindowBits = 19;

    public static (RowCodec Codec, byte[][] Parts) Pack(ReadOnlySpan<byte> bytes)
    {
        var rented = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            // No larger than the bytes: what does not shrink is kept plain.
            return BrotliEncoder.TryCompress(bytes, rented.AsSpan(0, bytes.Length), out var written, BrotliQuality, BrotliWindowBits) && written < bytes.Length
                ? (RowCodec.Brotli, Cut(rented.AsSpan(0, written)))
                : (RowCodec.Plain, Cut(bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <exception cref="FormatException">The parts don't unpack to exactly <paramref name="destination"/>.</exception>
    public static void Unpack(RowCodec codec, IReadOnlyList<byte[]> parts, Span<byte> destination)
    {
        if (codec == RowCodec.Plain)
        {
            Join(parts, destination);
        }
        else
        {
            Decompress(parts, destination);
        }
    }

    private static void Join(IReadOnlyList<byte[]> parts, Span<byte> destination)
    {
        if (parts.Sum(part => part.Length) != destination.Length)
        {
            throw new FormatException("the length is wrong");
        }

        foreach (var part in parts)
        {
            part.CopyTo(destination);
            destination = destination[part.Length..];
        }
    }

    private static void Decompress(IReadOnlyList<byte[]> parts, Span<byte> destination)
    {
        using var brotli = new BrotliDecoder();
        var status = OperationStatus.NeedMoreData;
        foreach (var part in parts)
        {
            ReadOnlySpan<byte> source = part;
            status = brotli.Decompress(source, destination, out var consumed, out var written);
            destination = destination[written..];
            if (status is OperationStatus.InvalidData or OperationStatus.DestinationTooSmall || consumed != source.Length)
            {
                break;
            }
        }

        if (status != OperationStatus.Done || destination.Length != 0)
        {
            throw new FormatException($"it does not decompress ({status})");
        }
    }

    private static byte[][] Cut(ReadOnlySpan<byte> bytes)
    {
        var parts = new byte[(bytes.Length + PartBytes - 1) / PartBytes][];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = bytes.Slice(i * PartBytes, Math.Min(PartBytes, bytes.Length - i * PartBytes)).ToArray();
        }

        return parts;
    }
}
