using System.Runtime.InteropServices.Marshalling;
using System.Text;
using OrleansKd.KdHost.Engine;

namespace OrleansKd.KdHost;

/// <summary>Everything that the engine and this console print, in order, at once, as UTF-8, to one stream (ours; kd.exe writes the console's code page).</summary>
[GeneratedComClass]
internal sealed partial class OutputWriter(Stream stream) : IDebugOutputCallbacksWide
{
    private readonly Lock gate = new();

    public void Output(uint mask, string text) => Write(text);

    public void Write(string text)
    {
        lock (gate)
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush();
        }
    }
}
