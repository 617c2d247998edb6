using OrleansKd.Contracts;

namespace OrleansKd.Agent.Spool;

/// <summary>
/// Reads chunks of one segment one after the other. It stands before chunk <see cref="NextNumber"/>. Not thread-safe.
/// </summary>
internal sealed class SpoolReader(SpoolSegment segment)
{
    /// <summary>One read takes several records; a record that is larger is read alone.</summary>
    private const int BlockBytes = 64 * 1024;

    private readonly List<byte> data = new(Limits.ChunkBytes);
    private byte[] block = new byte[BlockBytes];
    private int start;
    private int end;
    private long blockEnd;

    public SpoolSegment Segment => segment;

    public long NextNumber { get; private set; } = segment.FirstNumber;

    /// <summary>Offset behind the last good record.</summary>
    public long Offset => blockEnd - (end - start);

    /// <summary>Output behind the last chunk, without a number yet.</summary>
    public ReadOnlySpan<byte> Unsealed => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(data);

    /// <summary>Bytes of output that were left out behind the last chunk.</summary>
    public long LeftOut { get; private set; }

    /// <summary>The next chunk; null at the end of the readable part.</summary>
    public AgentChunk? ReadNext()
    {
        while (TryTake(out var kind, out var content))
        {
            if (kind == SpoolRecordKind.Data)
            {
                data.AddRange(content);
                continue;
            }
            if (kind == SpoolRecordKind.LeftOut)
            {
                LeftOut = SpoolRecord.NumberOf(content);
                continue;
            }
            LeftOut = 0;
            NextNumber = SpoolRecord.NumberOf(content) + 1;
            if (kind == SpoolRecordKind.Report)
                return SpoolRecord.ReadReport(content);
            var chunk = new AgentChunk { Number = NextNumber - 1, Kind = AgentChunkKind.Output, Data = data[..^content[8]].ToArray() };
            data.Clear();
            return chunk;
        }
        return null;
    }

    /// <summary>The writer sealed all of <see cref="Unsealed"/> or wrote a report, and knows the result: go on behind it.</summary>
    private bool TryTake(out SpoolRecordKind kind, out ReadOnlySpan<byte> content)
    {
        if (TryTakeFromBlock(out kind, out content))
            return true;
        var rest = end - start;
        block.AsSpan(start, rest).CopyTo(block);
        if (rest == block.Length)
            Array.Resize(ref block, SpoolRecord.HeaderBytes + SpoolRecord.MaxBodyBytes + BlockBytes);
        (start, end) = (0, rest);
        var read = segment.Read(block.AsSpan(end), blockEnd);
        end += read;
        blockEnd += read;
        return read > 0 && TryTakeFromBlock(out kind, out content);
    }

    private bool TryTakeFromBlock(out SpoolRecordKind kind, out ReadOnlySpan<byte> content)
    {
        if (!SpoolRecord.TryRead(block.AsSpan(start, end - start), out kind, out content))
            return false;
        start += SpoolRecord.HeaderBytes + 1 + content.Length;
        return true;
    }
}
