using System.Security.Cryptography;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>The pause before a write is tried again: doubling, so that an overloaded partition recovers.</summary>
internal static class WritePause
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <param name="failures">So far, from 1.</param>
    public static Task Wait(int failures, TimeProvider time, CancellationToken cancellationToken)
    {
        var pause = First * Math.Pow(2, Math.Min(failures - 1, 10));
        pause = pause < Longest ? pause : Longest;
        // Up to a half less, so that writers that failed together don't come back together.
        return Task.Delay(pause * (1 - RandomNumberGenerator.GetInt32(500) / 1000.0), time, cancellationToken);
    }
}
