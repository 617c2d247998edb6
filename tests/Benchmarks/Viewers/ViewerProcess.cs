using System.Globalization;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Benchmarks.Viewers;

/// <summary>A viewer as its benchmark sees it: a process that tells, line by line, what it saw and when (<see cref="ViewerCommand"/>).</summary>
internal sealed class ViewerProcess(Uri server, string session, string token, string[] arguments) : IAsyncDisposable
{
    private readonly ProgramRun run = new(
        "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "OrleansKd.Benchmarks.dll"), "viewer", "--server", server.GetLeftPart(UriPartial.Authority), "--session", session, .. arguments],
        new Dictionary<string, string?> { [ViewerCommand.TokenVariable] = token });

    /// <summary>The words after <paramref name="word"/> in the first line that begins with it, as soon as there is one.</summary>
    public async Task<string[]> WaitForAsync(string word)
    {
        var start = word + ' ';
        var text = await run.WaitForAsync(text => Lines(text, start).Any(), $"the viewer's line '{word}'");
        return Lines(text, start).First();
    }

    /// <summary>The same for so many lines.</summary>
    public async Task<string[][]> WaitForAsync(string word, int count)
    {
        var start = word + ' ';
        var text = await run.WaitForAsync(text => Lines(text, start).Take(count).Count() == count, $"{count} of the viewer's lines '{word}'");
        return [.. Lines(text, start)];
    }

    /// <summary>What it has told so far.</summary>
    public string[][] Told(string word) => [.. Lines(run.Out, word + ' ')];

    public int ProcessId => run.Id;

    public void Signal(int signal) => run.Signal(signal);

    public ValueTask DisposeAsync() => run.DisposeAsync();

    public static long Time(string word) => long.Parse(word, CultureInfo.InvariantCulture);

    // A line counts when it is whole.
    private static IEnumerable<string[]> Lines(string text, string start) => text.Split('\n')[..^1]
        .Where(line => line.StartsWith(start, StringComparison.Ordinal))
        .Select(line => line[start.Length..].Split(' '));
}
