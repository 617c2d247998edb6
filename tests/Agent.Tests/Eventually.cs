using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OrleansKd.Agent.Tests;

/// <summary>Waits for what another process does, where nothing can be awaited.</summary>
internal static class Eventually
{
    /// <summary>Generous: a loaded build machine is slow; a passing test never waits for it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var start = Stopwatch.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Limit)
                Assert.Fail($"Not within {Limit.TotalSeconds:0} seconds: {what}");
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
