using System.Runtime.InteropServices.Marshalling;
using OrleansKd.KdHost.Engine;

namespace OrleansKd.KdHost;

/// <summary>Tells when a command asks for input: <c>a</c>, <c>eb ADDRESS</c>. Called by the engine on its own thread, inside the command.</summary>
[GeneratedComClass]
internal sealed partial class InputRequests(Action asked) : IDebugInputCallbacks
{
    private int isAsking;

    /// <summary>True once for each request; the next one may come while it is taken.</summary>
    public bool Take() => Interlocked.Exchange(ref isAsking, 0) != 0;

    public void StartInput(uint bufferSize)
    {
        Volatile.Write(ref isAsking, 1);
        asked();
    }

    public void EndInput() => Volatile.Write(ref isAsking, 0);
}
