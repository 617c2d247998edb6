using System.Runtime.InteropServices.Marshalling;
using OrleansKd.KdHost.Engine;

namespace OrleansKd.KdHost;

/// <summary>Tells when a command asks for input: <c>a</c>, <c>eb ADDRESS</c>. Called by the engine on its own thread, inside the command.</summary>
[GeneratedComClass]
internal sealed partial class InputRequests(Action asked) : IDebugInputCallbacks
{
    private volatile bool isAsking;

    /// <summary>True once for each request.</summary>
    public bool Take()
    {
        var taken = isAsking;
        isAsking = false;
        return taken;
    }

    public void Repeat() => isAsking = true;

    public void StartInput(uint bufferSize)
    {
        isAsking = true;
        asked();
    }

    public void EndInput() => isAsking = false;
}
