using System.Text.Json;
using OrleansKd.EndToEnd.Tests.Infrastructure;
using OrleansKd.Testing.Processes;

namespace OrleansKd.EndToEnd.Tests;

/// <summary>The short form of <c>tests/Benchmarks connections</c>: what must hold of a server in a flood of connections, however long it takes.</summary>
[Collection(Alone.Name)]
public sealed class ConnectionStory
{
    private const int Connections = 1_000;

    /// <summary>Several times what a flood of a thousand takes; each that kept a message or a head for good would add to it with every one of ten thousand.</summary>
    private const double MostGrowthMegabytes = 400;

    /// <summary>What a server opens once and keeps.</summary>
    private const int FewFiles = 20;

    [Fact]
    public async Task Viewers_WhenAThousandIdleAndHostileConnectionsCome_GetEveryLineAndTheServerRefusesWhatIsTooMany()
    {
        await using var run = new ProgramRun("dotnet",
            [BenchmarkStory.Program, "connections", "--connections", $"{Connections}", "--seconds", "2", "--viewers", "2", "--json"]);
        var result = (await run.EndAsync()).Succeeded();
        TestContext.Current.TestOutputHelper!.WriteLine(result.Out);
        using var report = JsonDocument.Parse(result.Out);
        var figures = report.RootElement.GetProperty("figures").EnumerateObject().ToDictionary(figure => figure.Name, figure => figure.Value.GetDouble());

        Assert.Equal(1, figures["lines_in_order_fraction"]);
        // A tenth more came than each address may have open, and twice as many strangers as the server has room for.
        Assert.Equal((Connections, Connections / 10), (figures["idle_open"], figures["idle_refused"]));
        Assert.InRange(figures["strangers_refused"], 200, 399);
        // Each kind of hostility ended as it should, and only so.
        string[] ends = ["garbage_400", "half_408", "token_401", "token_429", "headers_431", "frame_closed", "storm_left"];
        Assert.All(ends, end => Assert.True(figures[$"hostile_{end}"] > 0, end));
        Assert.DoesNotContain(figures.Keys, key => key.EndsWith("_500", StringComparison.Ordinal) || key.EndsWith("_200", StringComparison.Ordinal));
        Assert.InRange(figures["hostile_all_tried"], Connections, double.MaxValue);
        Assert.All((string[])["idle", "hostile", "after"], phase => Assert.InRange(figures[$"{phase}_growth_mb"], double.MinValue, MostGrowthMegabytes));
        Assert.InRange(figures["files_left"], double.MinValue, FewFiles);
        Assert.Equal(1, figures["newcomer_fraction"]);
    }
}
