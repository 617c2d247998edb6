using System.Runtime.InteropServices;

namespace OrleansKd.KdHost.Engine;

/// <summary>
/// A pointer to one of the engine's interfaces, whose methods are called by their place in its table (dbgeng.h, counted from
/// IUnknown's three). The interfaces have more than a hundred methods each; a declaration of all of them would hide the twenty that count.
/// </summary>
internal abstract unsafe class EngineInterface(nint pointer)
{
    private const int FacilityRpc = unchecked((int)0x80010000), FirstRpcError = unchecked((int)0x800706A4), LastRpcError = unchecked((int)0x800706FF);

    protected nint Pointer { get; } = pointer;

    protected void* Slot(int index) => (*(void***)Pointer)[index];

    /// <summary>The same object's other interface.</summary>
    protected nint Query(Guid id)
    {
        Check(Marshal.QueryInterface(Pointer, in id, out var other), nameof(Query));
        return other;
    }

    /// <summary>The server, or the way to it, is gone. Seen: 0x80010008.</summary>
    public static bool IsConnectionLoss(int result) => (result & 0xFFFF0000) == unchecked((uint)FacilityRpc) || result is >= FirstRpcError and <= LastRpcError;

    protected static void Check(int result, string call)
    {
        if (result < 0)
            throw new EngineException(call, result);
    }
}
