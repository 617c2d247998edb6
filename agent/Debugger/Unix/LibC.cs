using System.Runtime.InteropServices;

namespace OrleansKd.Agent.Debugger.Unix;

/// <summary>The few calls of the C library that .NET has no own form of. Names are the library's.</summary>
internal static unsafe partial class LibC
{
    public const short POLLIN = 1;
    public const short POLLERR = 8;
    public const short POLLHUP = 16;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(PollItem* items, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsid();

    /// <summary>Linux only: its buffer has one layout on all processors.</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int folder, string path, int flags, uint mask, byte* buffer);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollItem
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}
