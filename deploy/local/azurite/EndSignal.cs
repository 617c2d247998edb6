using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansKd.Local.Azurite;

/// <summary>
/// Asks Azurite to write its database and end: that is what it does on an interrupt, while SIGTERM loses up to 5 seconds of
/// acknowledged writes. Windows has no such request for a program without a console: there it is ended at once.
/// </summary>
internal static partial class EndSignal
{
    private const int SigInt = 2;

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
                _ = Kill(process.Id, SigInt);
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
