namespace OrleansKd.Agent.Debugger;

/// <summary>The last line of what was printed since a command began, as far as a continuation prompt can be that long.</summary>
internal sealed class PromptTracker
{
    /// <summary>gdb's continuation prompt is <c>&gt;</c> behind a blank for each level; KD's an address and what is there.</summary>
    private const int MaxBytes = 64;

    private readonly List<byte> line = new(MaxBytes);
    private bool isLong;

    /// <summary>The line without an end; empty when it is too long to be a prompt.</summary>
    public ReadOnlySpan<byte> Line => isLong ? [] : System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line);

    /// <summary>A command was sent: its output begins a line.</summary>
    public void Reset()
    {
        line.Clear();
        isLong = false;
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        if (text.LastIndexOf((byte)'\n') is var end and >= 0)
        {
            Reset();
            text = text[(end + 1)..];
        }
        isLong |= line.Count + text.Length > MaxBytes;
        if (!isLong)
            line.AddRange(text);
    }
}
