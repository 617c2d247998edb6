using System.Diagnostics;

namespace OrleansKd.Benchmarks.Running;

/// <summary>
/// One clock for all processes of a run: nanoseconds of CLOCK_MONOTONIC, which .NET's Stopwatch reads on Linux and the C programs read
/// themselves.
/// </summary>
internal static class Clock
{
    public static long Now => Stopwatch.Frequency == 1_000_000_000
        ? Stopwatch.GetTimestamp()
        : throw new PlatformNotSupportedException("The benchmarks compare times between processes, which needs Linux' monotonic clock.");

    public static double Seconds(long from, long to) => (to - from) / 1e9;

    public static double Milliseconds(long from, long to) => (to - from) / 1e6;
}
