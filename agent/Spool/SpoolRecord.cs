using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Spool;

internal enum SpoolRecordKind : byte
{
    /// <summary>Output as it was read; not numbered yet.</summary>
    Data = 1,

    /// <summary>The data since the last seal, without its last <c>Dropped</c> bytes, is chunk <c>Number</c>.</summary>
    Seal = 2,

    /// <summary>A report, chunk <c>Number</c>, as JSON.</summary>
    Report = 3,

    /// <summary>
    /// Bytes of output that were left out since the last chunk. Rewritten in place while it is the last record; a report of the gap follows
    /// unless the agent was killed before.
    /// </summary>
    LeftOut = 4,
}

/// <summary>
/// Framing of a spool file: length of the body (4 bytes), CRC-32C of length and body (4), body; little endian. The body's
/// first byte is its kind. A record whose length or checksum is wrong ends the readable part of a file: a crash tears only
/// the last one.
/// </summary>
internal static class SpoolRecord
{
    public const int HeaderBytes = 8;

    /// <summary>A report's JSON stays far below; a length beyond it is no length.</summary>
    public const int MaxBodyBytes = 128 * 1024;

    public static byte[] Data(ReadOnlySpan<byte> bytes)
    {
        var record = New(SpoolRecordKind.Data, bytes.Length);
        bytes.CopyTo(record.AsSpan(HeaderBytes + 1));
        return Closed(record);
    }

    public static byte[] Seal(long number, int dropped)
    {
        var record = New(SpoolRecordKind.Seal, 9);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(HeaderBytes + 1), number);
        record[HeaderBytes + 9] = (byte)dropped;
        return Closed(record);
    }

    public static byte[] LeftOut(long bytes)
    {
        var record = New(SpoolRecordKind.LeftOut, 8);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(HeaderBytes + 1), bytes);
        return Closed(record);
    }

    public static byte[] Report(AgentChunk report)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(report, WireJson.Options);
        if (json.Length >= MaxBodyBytes - 9)
            throw new ArgumentException($"A report of {json.Length} bytes does not fit; the limit is {MaxBodyBytes}.", nameof(report));
        var record = New(SpoolRecordKind.Report, 8 + json.Length);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(HeaderBytes + 1), report.Number);
        json.CopyTo(record.AsSpan(HeaderBytes + 9));
        return Closed(record);
    }

    /// <summary>Reads the record at the start of <paramref name="bytes"/>; false when it is torn or no record.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SpoolRecordKind kind, out ReadOnlySpan<byte> content)
    {
        kind = default;
        content = default;
        if (bytes.Length < HeaderBytes)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is < 1 or > MaxBodyBytes || bytes.Length < HeaderBytes + length)
            return false;
        var body = bytes.Slice(HeaderBytes, length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != Checksum(bytes[..4], body))
            return false;
        kind = (SpoolRecordKind)body[0];
        content = body[1..];
        return kind switch
        {
            SpoolRecordKind.Data => true,
            SpoolRecordKind.Seal => content.Length == 9,
            SpoolRecordKind.Report => content.Length > 8,
            SpoolRecordKind.LeftOut => content.Length == 8,
            _ => false,
        };
    }

    public static long NumberOf(ReadOnlySpan<byte> content) => BinaryPrimitives.ReadInt64LittleEndian(content);

    public static AgentChunk ReadReport(ReadOnlySpan<byte> content) =>
        JsonSerializer.Deserialize<AgentChunk>(content[8..], WireJson.Options)! with { Number = NumberOf(content), Data = default };

    private static byte[] New(SpoolRecordKind kind, int contentBytes)
    {
        var record = new byte[HeaderBytes + 1 + contentBytes];
        BinaryPrimitives.WriteInt32LittleEndian(record, 1 + contentBytes);
        record[HeaderBytes] = (byte)kind;
        return record;
    }

    private static byte[] Closed(byte[] record)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), Checksum(record.AsSpan(0, 4), record.AsSpan(HeaderBytes)));
        return record;
    }

    private static uint Checksum(ReadOnlySpan<byte> length, ReadOnlySpan<byte> body)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(length));
        for (; body.Length >= 8; body = body[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(body));
        foreach (var b in body)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
