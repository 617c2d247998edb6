using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OrleansKd.Benchmarks.Running;

namespace OrleansKd.Benchmarks.Peers;

/// <summary>One attached terminal: which numbered lines its bytes held, and when it first showed what it was told to wait for.</summary>
internal sealed partial class PeerViewer : IAsyncDisposable
{
    /// <summary>Of the text before, looked at again: a number may come in two pieces.</summary>
    private const int Overlap = 64;

    private readonly Process process;
    private readonly Task reading;
    private readonly Lock gate = new();
    private readonly HashSet<int> lines = [];
    private readonly Dictionary<int, (long Sent, long Seen)> echoes = [];
    private readonly TaskCompletionSource<long> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? begin;

    public PeerViewer(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["TERM"] = "xterm-256color";
        process = Process.Start(start)!;
        reading = ReadAsync(process.StandardOutput.BaseStream);
    }

    /// <summary>When the program's last line was there.</summary>
    public Task<long> Ended => ended.Task;

    /// <summary>When the program began, by its own clock; null when that line was not shown.</summary>
    public long? Begin
    {
        get
        {
            lock (gate)
                return begin;
        }
    }

    public int LinesSeen
    {
        get
        {
            lock (gate)
                return lines.Count;
        }
    }

    public Dictionary<int, (long Sent, long Seen)> Echoes
    {
        get
        {
            lock (gate)
                return new(echoes);
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        process.Dispose();
    }

    private async Task ReadAsync(Stream output)
    {
        var buffer = new byte[256 * 1024];
        var before = "";
        for (int count; (count = await output.ReadAsync(buffer)) > 0;)
        {
            var now = Clock.Now;
            var text = before + Encoding.Latin1.GetString(buffer.AsSpan(0, count));
            lock (gate)
                Take(text, now);
            before = text[^Math.Min(Overlap, text.Length)..];
        }
    }

    private void Take(string text, long now)
    {
        foreach (Match match in Line().Matches(text))
            lines.Add(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        foreach (Match match in Echo().Matches(text))
            echoes.TryAdd(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), (long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture), now));
        if (BeginLine().Match(text) is { Success: true } first)
            begin ??= long.Parse(first.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        if (EndLine().IsMatch(text))
            ended.TrySetResult(now);
    }

    [GeneratedRegex("line ([0-9]{7}) ")]
    private static partial Regex Line();

    [GeneratedRegex("echo ([0-9]+) ([0-9]{12,})[^0-9]")]
    private static partial Regex Echo();

    [GeneratedRegex("begin ([0-9]{12,})[^0-9]")]
    private static partial Regex BeginLine();

    [GeneratedRegex("end [0-9]{12,}")]
    private static partial Regex EndLine();
}
