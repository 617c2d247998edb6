namespace OrleansKd.Agent.Debugger;

/// <summary>Receives a debugger's output, taken apart.</summary>
internal interface IMarkerSink
{
    void OnText(ReadOnlySpan<byte> text);

    /// <param name="kind">The byte behind the marker's stem.</param>
    void OnMarker(byte kind);
}

/// <summary>
/// Takes the markers out of a debugger's output, also those that are split between reads. What could still become a marker is
/// held back: at most one marker's length less one byte. Everything else passes through unchanged.
/// </summary>
internal sealed class MarkerScanner(ReadOnlyMemory<byte> stem, IMarkerSink sink)
{
    private byte[] held = [];

    public void Read(ReadOnlySpan<byte> block)
    {
        if (held.Length > 0)
        {
            byte[] joined = [.. held, .. block];
            held = [];
            block = joined;
        }
        var marker = stem.Span;
        while (block.IndexOf(marker) is var at and >= 0 && at + marker.Length < block.Length)
        {
            if (at > 0)
                sink.OnText(block[..at]);
            sink.OnMarker(block[at + marker.Length]);
            block = block[(at + marker.Length + 1)..];
        }
        var rest = HeldLength(block, marker);
        if (block.Length > rest)
            sink.OnText(block[..^rest]);
        held = block[^rest..].ToArray();
    }

    /// <summary>No more output comes: what was held back is output.</summary>
    public void Complete()
    {
        if (held.Length > 0)
            sink.OnText(held);
        held = [];
    }

    private static int HeldLength(ReadOnlySpan<byte> block, ReadOnlySpan<byte> marker)
    {
        for (var length = Math.Min(marker.Length, block.Length); length > 0; length--)
        {
            if (block.EndsWith(marker[..length]))
                return length;
        }
        return 0;
    }
}
