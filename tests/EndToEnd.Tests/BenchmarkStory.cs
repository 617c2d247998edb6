using System.Text.Json;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The benchmarks run and tell what they say they tell; how fast is none of a test's business.</summary>
public sealed class BenchmarkStory
{
    [Fact]
    public async Task Flood_WhenRunInAShortForm_DeliversEveryLineAndPrintsOneObject()
    {
        await using var run = new ProgramRun("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "..", "..", "OrleansKd.Benchmarks", new DirectoryInfo(AppContext.BaseDirectory).Name, "OrleansKd.Benchmarks.dll"),
            "flood", "--lines", "3000", "--viewers", "2", "--rounds", "1", "--json"]);

        var printed = (await run.EndAsync()).Succeeded().Out;

        using var report = JsonDocument.Parse(printed);
        Assert.Equal("flood", report.RootElement.GetProperty("benchmark").GetString());
        Assert.Equal(3_000, report.RootElement.GetProperty("settings").GetProperty("lines").GetInt32());
        var figures = report.RootElement.GetProperty("figures");
        Assert.Equal(1, figures.GetProperty("lines_delivered_min_fraction").GetDouble());
        Assert.True(figures.GetProperty("durable_s").GetDouble() > 0);
    }
}
