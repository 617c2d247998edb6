using System.Runtime.InteropServices;

namespace OrleansKd.Agent.Debugger.Unix;

/// <summary>Who owns a file, on Linux.</summary>
internal static unsafe class FileOwner
{
    private const int CurrentFolder = -100;
    private const uint OwnerOnly = 0x8;
    private const int BufferBytes = 256;
    private const int OwnerOffset = 20;

    /// <summary>The user id of the owner.</summary>
    public static uint Of(string path)
    {
        var buffer = stackalloc byte[BufferBytes];
        if (LibC.statx(CurrentFolder, path, 0, OwnerOnly, buffer) != 0)
            throw new IOException($"The owner of '{path}' can't be read: {Marshal.GetLastPInvokeErrorMessage()}.");
        return *(uint*)(buffer + OwnerOffset);
    }
}
