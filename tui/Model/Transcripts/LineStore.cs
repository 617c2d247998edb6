using System.IO.Compression;
using System.Text;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>
/// Lines that do not change any more, as UTF-8 in blocks that are compressed once they are full: a million of a debugger's lines stand in
/// less memory than their text has bytes. Not thread-safe.
/// </summary>
internal sealed class LineStore
{
    /// <summary>Enough that a block's own overhead does not count, few enough that growing one copies little.</summary>
    private const int BlockLines = 512;

    /// <summary>Of the first allocation of a block: lines of 40 bytes.</summary>
    private const int BlockBytes = 40 * BlockLines;

    /// <summary>Fast, and small enough: what follows brings little more.</summary>
    private const int Quality = 1;
    private const int WindowBits = 18;

    private readonly List<Block> blocks = [];

    /// <summary>Of the block that was last read of those that are compressed; who reads goes on in the same one.</summary>
    private byte[] unpacked = [];
    private Block? unpackedBlock;

    public int Count { get; private set; }

    public TranscriptLine this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            var block = blocks[index / BlockLines];
            if (!block.IsPacked)
                return block.Line(index % BlockLines, block.Text);
            if (block != unpackedBlock)
                (unpacked, unpackedBlock) = (block.Unpack(), block);
            return block.Line(index % BlockLines, unpacked);
        }
    }

    public void Add(in TranscriptLine line)
    {
        if (Count % BlockLines == 0)
        {
            if (blocks.Count > 0)
                blocks[^1].Pack();
            blocks.Add(new Block());
        }
        blocks[^1].Add(Count % BlockLines, line);
        Count++;
    }

    private sealed class Block
    {
        private readonly LineInfo[] lines = new LineInfo[BlockLines];

        public byte[] Text { get; private set; } = new byte[BlockBytes];

        public bool IsPacked { get; private set; }

        public void Add(int index, in TranscriptLine line)
        {
            var start = StartOf(index);
            var most = start + Encoding.UTF8.GetMaxByteCount(line.Text.Length);
            if (most > Text.Length)
                Text = Resized(Math.Max(most, 2 * Text.Length), start);
            var end = start + Encoding.UTF8.GetBytes(line.Text, Text.AsSpan(start));
            lines[index] = new LineInfo(end, line.MarkAt, line.At.UtcTicks, line.Kind, line.Tint);
        }

        /// <param name="text">The block's, unpacked.</param>
        public TranscriptLine Line(int index, byte[] text)
        {
            var start = StartOf(index);
            var info = lines[index];
            return new TranscriptLine(Encoding.UTF8.GetString(text, start, info.End - start), info.Kind, info.MarkAt, new DateTimeOffset(info.AtTicks, TimeSpan.Zero)) { Tint = info.Tint };
        }

        /// <summary>The block is full.</summary>
        public void Pack()
        {
            var length = lines[^1].End;
            var packed = new byte[length];
            IsPacked = BrotliEncoder.TryCompress(Text.AsSpan(0, length), packed, out var size, Quality, WindowBits);
            Text = IsPacked ? packed[..size] : Resized(length, length);
        }

        public byte[] Unpack()
        {
            var text = new byte[lines[^1].End];
            return BrotliDecoder.TryDecompress(Text, text, out var size) && size == text.Length ? text : throw new InvalidOperationException("A block of lines is not what was packed.");
        }

        private byte[] Resized(int length, int used)
        {
            var text = new byte[length];
            Text.AsSpan(0, used).CopyTo(text);
            return text;
        }

        private int StartOf(int index) => index == 0 ? 0 : lines[index - 1].End;
    }

    private readonly record struct LineInfo(int End, int MarkAt, long AtTicks, TranscriptLineKind Kind, byte Tint);
}
