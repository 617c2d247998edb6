using System.Text;

namespace OrleansKd.Agent.Debugger;

/// <summary>What a debugger prints before the first marker: held back, so that the line on which it shows our own command can be taken out.</summary>
internal sealed class OpeningText(string ownCommand, IDebuggerOutputSink sink)
{
    /// <summary>What a start script prints; of more than that the beginning is passed on as it is.</summary>
    private const int MaxBytes = 64 * 1024;

    private readonly byte[] ending = Encoding.UTF8.GetBytes(ownCommand + "\n");
    private List<byte>? held = [];

    /// <summary>False when nothing is held any more.</summary>
    public bool TryHold(ReadOnlySpan<byte> text)
    {
        if (held is null)
            return false;
        held.AddRange(text);
        if (held.Count > MaxBytes)
            PassOn();
        return true;
    }

    /// <summary>From now on nothing is held.</summary>
    public void PassOn()
    {
        if (held is not { } all)
            return;
        held = null;
        ReadOnlySpan<byte> text = all.ToArray();
        if (text.IndexOf(ending) is var at and >= 0)
        {
            var line = text[..at].LastIndexOf((byte)'\n') + 1;
            text = (byte[])[.. text[..line], .. text[(at + ending.Length)..]];
        }
        if (text.Length > 0)
            sink.OnText(text);
    }
}
