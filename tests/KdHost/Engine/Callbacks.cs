using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace OrleansKd.KdHost.Engine;

[GeneratedComInterface(StringMarshalling = StringMarshalling.Utf16)]
[Guid("4c7fd663-c394-4e26-8ef1-34ad5ed3764c")]
internal partial interface IDebugOutputCallbacksWide
{
    void Output(uint mask, string text);
}

[GeneratedComInterface]
[Guid("9f50e42c-f136-499e-9a97-73036c94ed2d")]
internal partial interface IDebugInputCallbacks
{
    void StartInput(uint bufferSize);

    void EndInput();
}

[GeneratedComInterface(StringMarshalling = StringMarshalling.Utf16)]
[Guid("0690e046-9c23-45ac-a04f-987ac29ad0d3")]
internal partial interface IDebugEventCallbacksWide
{
    void GetInterestMask(out uint mask);

    [PreserveSig] int Breakpoint(nint breakpoint);
    [PreserveSig] int Exception(nint record, uint firstChance);
    [PreserveSig] int CreateThread(ulong handle, ulong dataOffset, ulong startOffset);
    [PreserveSig] int ExitThread(uint exitCode);
    [PreserveSig] int CreateProcess(ulong image, ulong handle, ulong baseOffset, uint moduleSize, string? moduleName, string? imageName, uint checkSum, uint timeStamp, ulong threadHandle, ulong threadDataOffset, ulong startOffset);
    [PreserveSig] int ExitProcess(uint exitCode);
    [PreserveSig] int LoadModule(ulong image, ulong baseOffset, uint moduleSize, string? moduleName, string? imageName, uint checkSum, uint timeStamp);
    [PreserveSig] int UnloadModule(string? imageBaseName, ulong baseOffset);
    [PreserveSig] int SystemError(uint error, uint level);
    [PreserveSig] int SessionStatus(uint status);
    [PreserveSig] int ChangeDebuggeeState(uint flags, ulong argument);
    [PreserveSig] int ChangeEngineState(uint flags, ulong argument);
    [PreserveSig] int ChangeSymbolState(uint flags, ulong argument);
}
