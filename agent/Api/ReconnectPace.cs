using System.Security.Cryptography;

namespace OrleansKd.Agent.Api;

/// <summary>
/// How long to wait before the next try: doubling from <see cref="First"/> to <see cref="Longest"/>, for ever, each wait
/// between half of that and all of it, so that many clients of one failed server do not come back in step.
/// </summary>
internal sealed class ReconnectPace(Random jitter)
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    /// <summary>A person who restarts a server sees the windows come back at once.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private int failures;

    public void Succeeded() => failures = 0;

    /// <summary>With jitter of its own.</summary>
    public static ReconnectPace Seeded() => new(new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));

    public Task PauseAsync(TimeProvider time, CancellationToken cancellationToken) => Task.Delay(Next(), time, cancellationToken);

    public TimeSpan Next()
    {
        var full = TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures, 20)));
        failures++;
        return full * (0.5 + 0.5 * jitter.NextDouble());
    }
}
