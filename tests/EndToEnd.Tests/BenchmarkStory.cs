using System.Text.Json;
using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The benchmarks run and tell what they say they tell; how fast is none of a test's business.</summary>
[Collection(Alone.Name)]
public sealed class BenchmarkStory
{
    [Fact]
    public async Task Flood_WhenRunInAShortForm_DeliversEveryLineAndPrintsOneObject()
    {
        using var report = await RunAsync("flood", "--lines", "3000", "--viewers", "2", "--warm-up-rounds", "1", "--rounds", "1");

        Assert.Equal("flood", report.RootElement.GetProperty("benchmark").GetString());
        Assert.Equal(3_000, report.RootElement.GetProperty("settings").GetProperty("lines").GetInt32());
        var figures = report.RootElement.GetProperty("figures");
        Assert.Equal(1, figures.GetProperty("lines_delivered_min_fraction").GetDouble());
        Assert.True(figures.GetProperty("durable_s").GetDouble() > 0);
    }

    /// <summary>A Break that storage or upload held up would be refused as late after five seconds, and the target would never stand still.</summary>
    [Fact]
    public async Task Break_WhenStorageIsStoppedInAFlood_StopsTheTarget()
    {
        using var report = await RunAsync("break", "--rounds", "1");

        Assert.InRange(report.RootElement.GetProperty("figures").GetProperty("max_ms").GetDouble(), 0, 5_000);
    }

    internal static string Program =>
        Path.Combine(AppContext.BaseDirectory, "..", "..", "OrleansKd.Benchmarks", new DirectoryInfo(AppContext.BaseDirectory).Name, "OrleansKd.Benchmarks.dll");

    private static async Task<JsonDocument> RunAsync(params string[] arguments)
    {
        await using var run = new ProgramRun("dotnet", [Program, .. arguments, "--json"]);
        return JsonDocument.Parse((await run.EndAsync()).Succeeded().Out);
    }
}
