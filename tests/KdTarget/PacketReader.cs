using System.Buffers.Binary;

namespace OrleansKd.KdTarget;

/// <summary>Reads packets, and the break-ins between them, from a connection.</summary>
internal sealed class PacketReader(Stream stream)
{
    private readonly byte[] one = new byte[1];

    /// <summary>Null is a break-in.</summary>
    /// <exception cref="EndOfStreamException">The debugger has gone.</exception>
    public async Task<Packet?> ReadAsync(CancellationToken stop)
    {
        var (leader, length) = (0, 0);
        while (length < Packet.LeaderLength)
        {
            await stream.ReadExactlyAsync(one, stop);
            if (length == 0 && one[0] == Packet.BreakIn)
                return null;
            length = one[0] is not (Packet.DataLeader or Packet.ControlLeader) ? 0 : one[0] == leader ? length + 1 : 1;
            leader = one[0];
        }
        var header = new byte[Packet.HeaderLength - Packet.LeaderLength];
        await stream.ReadExactlyAsync(header, stop);
        var data = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(2))];
        await stream.ReadExactlyAsync(data, stop);
        if (leader == Packet.DataLeader)
            await stream.ReadExactlyAsync(one, stop);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)) != Packet.Checksum(data))
            throw new InvalidDataException("A packet's checksum is wrong. The connection is TCP: the debugger, or this, is in error.");
        return new((PacketType)BinaryPrimitives.ReadUInt16LittleEndian(header), BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)), data);
    }
}
