using System.Buffers.Binary;

namespace OrleansKd.KdTarget;

/// <summary>PACKET_TYPE_KD_…</summary>
internal enum PacketType : ushort
{
    StateManipulate = 2,
    Acknowledge = 4,
    Resend = 5,
    Reset = 6,
    StateChange64 = 7,
}

/// <summary>
/// One packet of the KD protocol: leader, type, size, id and checksum, 16 bytes in all, then the data and, unless it is a control
/// packet, an end byte. A single <see cref="BreakIn"/> between packets asks a running target to stop.
/// </summary>
internal readonly record struct Packet(PacketType Type, uint Id, byte[] Data)
{
    public const byte BreakIn = 0x62;
    public const byte DataLeader = 0x30;
    public const byte ControlLeader = 0x69;

    /// <summary>A leader is four times the same byte.</summary>
    public const int LeaderLength = 4;

    public const int HeaderLength = 16;
    public const byte End = 0xAA;

    /// <summary>More than this is no packet: both sides keep to it, with some room for the header of a message.</summary>
    public const int MaxDataBytes = 4096;

    public static Packet Control(PacketType type, uint id) => new(type, id, []);

    public bool IsControl => Type is PacketType.Acknowledge or PacketType.Resend or PacketType.Reset;

    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderLength + Data.Length + (IsControl ? 0 : 1)];
        bytes.AsSpan(0, LeaderLength).Fill(IsControl ? ControlLeader : DataLeader);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), (ushort)Type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)Data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Id);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Checksum(Data));
        Data.CopyTo(bytes.AsSpan(HeaderLength));
        if (!IsControl)
            bytes[^1] = End;
        return bytes;
    }

    public static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint sum = 0;
        foreach (var value in data)
            sum += value;
        return sum;
    }
}
