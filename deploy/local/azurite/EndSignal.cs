using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansKd.Local.Azurite;

/// <summary>Asks a process to end. Windows has no such request for a program without a window: there it is ended at once.</summary>
internal static partial class EndSignal
{
    private const int SigTerm = 15;

    public static void Send(Process process)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                process.Kill(entireProcessTree: true);
            }
            else
            {
                // Not reaped before its exit has been seen, so the id can't belong to another process.
                _ = Kill(process.Id, SigTerm);
            }
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
