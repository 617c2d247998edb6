using System.Text.Json;
using OrleansKd.Benchmarks.Viewers;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Benchmarks.Connections;

/// <summary>A process of <see cref="FloodCommand"/>, as its benchmark sees it.</summary>
internal sealed class FloodProcess : IAsyncDisposable
{
    private readonly ProgramRun run;

    public FloodProcess(Uri server, string token, string mix, int connections, string addresses, int perSecond) => run = new ProgramRun(
        "dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "OrleansKd.Benchmarks.dll"), "flood-clients", "--server", server.GetLeftPart(UriPartial.Authority), "--mix", mix,
            "--connections", $"{connections}", "--addresses", addresses, "--per-second", $"{perSecond}",
        ],
        new Dictionary<string, string?> { [ViewerCommand.TokenVariable] = token });

    /// <summary>What it counted last.</summary>
    public Dictionary<string, int> Counts => run.Out.Split('\n').LastOrDefault(line => line.StartsWith("counts ", StringComparison.Ordinal)) is { } line
        ? JsonSerializer.Deserialize<Dictionary<string, int>>(line["counts ".Length..])!
        : [];

    /// <summary>So many ended or are open, of the kinds and in the ways whose names begin so.</summary>
    public int Count(string prefix) => Counts.Where(count => count.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(count => count.Value);

    public Task UntilAsync(Func<FloodProcess, bool> isSo, string what) => run.WaitForAsync(_ => isSo(this), what);

    public ValueTask DisposeAsync() => run.DisposeAsync();
}
