using System.Buffers;
using System.Text;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>
/// Decodes output that comes in pieces: a code point split between two of them is put together; a byte that is not UTF-8
/// becomes <c>‹FF›</c>. The result depends on the bytes only, not on where they were split. Controls pass through: what
/// shows the text makes them visible.
/// </summary>
internal sealed class Utf8Text
{
    /// <summary>A code point has four bytes at most, so three may wait for the rest.</summary>
    private readonly byte[] waiting = new byte[4];
    private int waitingCount;

    /// <summary>Another decoder that stands at the same place.</summary>
    public Utf8Text Copy()
    {
        var copy = new Utf8Text { waitingCount = waitingCount };
        waiting.CopyTo(copy.waiting, 0);
        return copy;
    }

    public void Append(ReadOnlySpan<byte> bytes, StringBuilder text)
    {
        while (waitingCount > 0 && bytes.Length > 0)
        {
            waiting[waitingCount++] = bytes[0];
            bytes = bytes[1..];
            DecodeWaiting(text, isEnd: false);
        }
        while (bytes.Length > 0)
        {
            var plain = bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            if (plain != 0)
            {
                var count = plain < 0 ? bytes.Length : plain;
                text.Append(Encoding.ASCII.GetString(bytes[..count]));
                bytes = bytes[count..];
                continue;
            }
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var consumed);
            if (status == OperationStatus.NeedMoreData)
            {
                bytes.CopyTo(waiting);
                waitingCount = bytes.Length;
                return;
            }
            AppendDecoded(text, status, rune, bytes[..consumed]);
            bytes = bytes[consumed..];
        }
    }

    /// <summary>Nothing more comes that could belong to what waits.</summary>
    public void Finish(StringBuilder text) => DecodeWaiting(text, isEnd: true);

    private void DecodeWaiting(StringBuilder text, bool isEnd)
    {
        while (waitingCount > 0)
        {
            var bytes = waiting.AsSpan(0, waitingCount);
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var consumed);
            if (status == OperationStatus.NeedMoreData && !isEnd)
                return;
            AppendDecoded(text, status, rune, bytes[..consumed]);
            bytes[consumed..].CopyTo(waiting);
            waitingCount -= consumed;
        }
    }

    private static void AppendDecoded(StringBuilder text, OperationStatus status, Rune rune, ReadOnlySpan<byte> bytes)
    {
        if (status == OperationStatus.Done)
        {
            text.Append(rune.ToString());
            return;
        }
        foreach (var invalid in bytes)
            text.Append('‹').Append(invalid.ToString("X2")).Append('›');
    }
}
