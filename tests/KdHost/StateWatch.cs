using System.Runtime.InteropServices.Marshalling;
using OrleansKd.KdHost.Engine;

namespace OrleansKd.KdHost;

/// <summary>Tells when the target runs, stops or is gone, whoever did it. Called by the engine on its client's thread.</summary>
[GeneratedComClass]
internal sealed partial class StateWatch(Action changed) : IDebugEventCallbacksWide
{
    /// <summary>DEBUG_EVENT_CHANGE_ENGINE_STATE</summary>
    private const uint EngineStateChanges = 0x800;

    /// <summary>DEBUG_CES_EXECUTION_STATUS</summary>
    private const uint ExecutionStatusChange = 0x10;

    public void GetInterestMask(out uint mask) => mask = EngineStateChanges;

    public int ChangeEngineState(uint flags, ulong argument)
    {
        if ((flags & ExecutionStatusChange) != 0)
            changed();
        return 0;
    }

    // The mask excludes all others.
    public int Breakpoint(nint breakpoint) => 0;
    public int Exception(nint record, uint firstChance) => 0;
    public int CreateThread(ulong handle, ulong dataOffset, ulong startOffset) => 0;
    public int ExitThread(uint exitCode) => 0;
    public int CreateProcess(ulong image, ulong handle, ulong baseOffset, uint moduleSize, string? moduleName, string? imageName, uint checkSum, uint timeStamp, ulong threadHandle, ulong threadDataOffset, ulong startOffset) => 0;
    public int ExitProcess(uint exitCode) => 0;
    public int LoadModule(ulong image, ulong baseOffset, uint moduleSize, string? moduleName, string? imageName, uint checkSum, uint timeStamp) => 0;
    public int UnloadModule(string? imageBaseName, ulong baseOffset) => 0;
    public int SystemError(uint error, uint level) => 0;
    public int SessionStatus(uint status) => 0;
    public int ChangeDebuggeeState(uint flags, ulong argument) => 0;
    public int ChangeSymbolState(uint flags, ulong argument) => 0;
}
