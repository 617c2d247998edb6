using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace OrleansKd.KdHost;

/// <summary>
/// Ends this process without a word to its libraries. The usual way ends all other threads first, the engine's too, and then runs the
/// libraries' endings: under Wine these waited 5 seconds for what such a thread held, one time in 30 on a busy computer.
/// </summary>
internal static partial class ProcessEnd
{
    [DoesNotReturn]
    public static void With(int exitCode)
    {
        TerminateProcess(GetCurrentProcess(), exitCode);
        throw new InvalidOperationException("The process could not be ended.");
    }

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint GetCurrentProcess();

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool TerminateProcess(nint process, int exitCode);
}
