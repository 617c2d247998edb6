using System.Buffers;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Entries as bytes, one after the other: milliseconds since the entry before (zigzag varint; the first counts from 1970), kind
/// (one byte), length of the body (varint), body. Sequences are not stored: they go on from the row's first.
/// <para>At most 16 bytes beside the body, half of <see cref="SessionLogEntry.OverheadBytes"/>: what an append may hold fits into a row.</para>
/// </summary>
internal static class EntryCodec
{
    /// <summary>The rented array belongs to the caller, who returns it to the shared pool.</summary>
    public static (byte[] Rented, int Length) Encode(IReadOnlyList<SessionLogEntry> entries)
    {
        var rented = ArrayPool<byte>.Shared.Rent(entries.Sum(entry => entry.CostBytes));
        var position = 0;
        long at = 0;
        foreach (var entry in entries)
        {
            var elapsed = entry.AtUnixMilliseconds - at;
            at = entry.AtUnixMilliseconds;
            WriteVarint(rented, ref position, (ulong)((elapsed << 1) ^ (elapsed >> 63)));
            rented[position++] = (byte)entry.Kind;
            WriteVarint(rented, ref position, (ulong)entry.Body.Length);
            entry.Body.Span.CopyTo(rented.AsSpan(position));
            position += entry.Body.Length;
        }

        return (rented, position);
    }

    /// <exception cref="FormatException">The bytes are not <paramref name="count"/> entries.</exception>
    public static SessionLogEntry[] Decode(ReadOnlySpan<byte> bytes, long firstSequence, int count)
    {
        var entries = new SessionLogEntry[count];
        var position = 0;
        long at = 0;
        for (var i = 0; i < count; i++)
        {
            var elapsed = ReadVarint(bytes, ref position);
            at += (long)(elapsed >> 1) ^ -(long)(elapsed & 1);
            if (position >= bytes.Length)
            {
                throw new FormatException($"entry {firstSequence + i} has no kind");
            }

            var kind = (SessionLogEntryKind)bytes[position++];
            var length = ReadVarint(bytes, ref position);
            if (length > (ulong)(bytes.Length - position))
            {
                throw new FormatException($"entry {firstSequence + i} ends after the row");
            }

            // Its own array: one that many entries share would be kept whole by whoever keeps one of them.
            entries[i] = new SessionLogEntry(firstSequence + i, at, kind, bytes.Slice(position, (int)length).ToArray());
            position += (int)length;
        }

        return position == bytes.Length ? entries : throw new FormatException($"{bytes.Length - position} bytes are left after the last entry");
    }

    private static void WriteVarint(byte[] bytes, ref int position, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes[position++] = (byte)(value | 0x80);
        }

        bytes[position++] = (byte)value;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int position)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position >= bytes.Length)
            {
                break;
            }

            var part = bytes[position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("a number does not end");
    }
}
