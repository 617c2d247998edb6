using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Xunit;

namespace OrleansKd.Testing.Fuzz;

/// <summary>
/// Runs a check on one case after another for a time: first the seeds that once found something (<c>seeds.txt</c>), then new ones. What fails
/// names its seed, to be added there. <c>ORLEANSKD_FUZZ_SECONDS</c> makes each run that long.
/// </summary>
public static class Fuzzing
{
    private const string LongForm = "ORLEANSKD_FUZZ_SECONDS";

    /// <param name="name">As in <c>seeds.txt</c>.</param>
    /// <param name="seconds">This check's share of what CI spends, 30 seconds for all of them.</param>
    public static void Run(string name, int seconds, Action<FuzzCase> check) => RunAsync(name, seconds, one =>
    {
        check(one);
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    /// <inheritdoc cref="Run"/>
    public static async Task RunAsync(string name, int seconds, Func<FuzzCase, Task> check)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable(LongForm), CultureInfo.InvariantCulture, out var longer))
            seconds = longer;
        foreach (var known in KnownSeeds(name))
            await CheckAsync(name, check, known);
        var first = RandomNumberGenerator.GetInt32(int.MaxValue);
        Say($"{name}: seeds from {first}, for {seconds} s");
        var clock = Stopwatch.StartNew();
        var seed = first;
        for (; clock.Elapsed < TimeSpan.FromSeconds(seconds) && !TestContext.Current.CancellationToken.IsCancellationRequested; seed = unchecked(seed + 1))
            await CheckAsync(name, check, seed);
        Say($"{name}: {unchecked(seed - first)} cases");
    }

    private static async Task CheckAsync(string name, Func<FuzzCase, Task> check, int seed)
    {
        try
        {
            await check(new FuzzCase(seed));
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"Fuzzing '{name}' found something. When it is repaired, add the line '{name} {seed}' to tests/Testing/Fuzz/seeds.txt. {problem.Message}", problem);
        }
    }

    private static IEnumerable<int> KnownSeeds(string name) =>
        from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fuzz", "seeds.txt"))
        let words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where words.Length == 2 && words[0] == name
        select int.Parse(words[1], CultureInfo.InvariantCulture);

    private static void Say(string what) => TestContext.Current.TestOutputHelper?.WriteLine(what);
}
