using System.Security.Cryptography;

namespace OrleansKd.Agent.Connection;

/// <summary>Growing, jittered pauses between attempts, for ever: a thousand agents must not come back in the same instant.</summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    /// <summary>A server that is back is found within this.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private int failures;

    public void Reset() => failures = 0;

    public Task PauseAsync(CancellationToken cancellationToken)
    {
        var full = Math.Min(First.TotalMilliseconds * Math.Pow(2, Math.Min(failures++, 16)), Longest.TotalMilliseconds);
        var pause = full / 2 + RandomNumberGenerator.GetInt32((int)(full / 2) + 1);
        return Task.Delay(TimeSpan.FromMilliseconds(pause), time, cancellationToken);
    }
}
