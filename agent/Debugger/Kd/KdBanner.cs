namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>The end of what a debugger printed before its first prompt: whether it says that it waits for its target.</summary>
internal sealed class KdBanner
{
    /// <summary>More than the longest of these lines.</summary>
    private const int MaxBytes = 256;

    private readonly List<byte> end = [];

    public bool IsWaiting
    {
        get
        {
            var text = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(end);
            foreach (var line in text.Split((byte)'\n'))
            {
                if (text[line].IndexOf("Waiting to reconnect"u8) >= 0 || (text[line].IndexOf("Waiting for "u8) >= 0 && text[line].IndexOf(" to connect"u8) >= 0))
                    return true;
            }
            return false;
        }
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        end.AddRange(text.Length > MaxBytes ? text[^MaxBytes..] : text);
        if (end.Count > MaxBytes)
            end.RemoveRange(0, end.Count - MaxBytes);
    }
}
