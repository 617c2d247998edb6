using System.Diagnostics;
using System.Globalization;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Benchmarks.Viewers;

/// <summary>
/// A viewer as its benchmark sees it: a process that tells, line by line, what it saw and when (<see cref="ViewerCommand"/>). Lines are
/// sorted by their first word as they come, because whoever measures must not be what takes the time.
/// </summary>
internal sealed class ViewerProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<string[]>> told = [];
    private readonly List<(string Word, int Count, TaskCompletionSource Reached)> waiting = [];
    private bool hasEnded;

    public ViewerProcess(Uri server, string session, string token, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "OrleansKd.Benchmarks.dll"), "viewer", "--server", server.GetLeftPart(UriPartial.Authority), "--session", session, .. arguments])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[ViewerCommand.TokenVariable] = token;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.Start();
        process.BeginOutputReadLine();
    }

    /// <summary>The words after <paramref name="word"/> in the first line that begins with it, as soon as there is one.</summary>
    public async Task<string[]> WaitForAsync(string word) => (await WaitForAsync(word, 1))[0];

    /// <summary>The same for so many lines.</summary>
    public async Task<string[][]> WaitForAsync(string word, int count)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (CountOf(word) >= count)
                reached.SetResult();
            else if (hasEnded)
                throw new InvalidOperationException($"A viewer ended before its line {count} of '{word}'. It told {string.Join(", ", told.Select(line => $"{line.Value.Count} {line.Key}"))}.");
            else
                waiting.Add((word, count, reached));
        }
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(120));
        return Told(word);
    }

    /// <summary>What it has told so far.</summary>
    public string[][] Told(string word)
    {
        lock (gate)
            return told.TryGetValue(word, out var lines) ? [.. lines] : [];
    }

    public async ValueTask DisposeAsync()
    {
        ProgramRun.Signal(process.Id, 15);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public static long Time(string word) => long.Parse(word, CultureInfo.InvariantCulture);

    private int CountOf(string word) => told.TryGetValue(word, out var lines) ? lines.Count : 0;

    private void Take(string? line)
    {
        lock (gate)
        {
            if (line is null)
            {
                hasEnded = true;
                foreach (var wait in waiting)
                    wait.Reached.TrySetException(new InvalidOperationException($"A viewer ended before its line {wait.Count} of '{wait.Word}'."));
                return;
            }
            var words = line.Split(' ');
            if (!told.TryGetValue(words[0], out var lines))
                told.Add(words[0], lines = []);
            lines.Add(words[1..]);
            foreach (var wait in waiting.Where(wait => wait.Word == words[0] && wait.Count <= lines.Count).ToArray())
            {
                wait.Reached.TrySetResult();
                waiting.Remove(wait);
            }
        }
    }
}
