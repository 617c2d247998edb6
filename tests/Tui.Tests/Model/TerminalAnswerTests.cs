using System.Security.Cryptography;
using System.Text;
using OrleansKd.Contracts;
using OrleansKd.Testing.Hostile;
using OrleansKd.Testing.Processes;
using OrleansKd.Tui.Model.Transcripts;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Model;

/// <summary>
/// A terminal that answers what is shown types in its user's place, and what it types may reach the debugger. On a real terminal (tmux): the
/// corpus as it came is answered, the corpus as it is shown is not, by a single byte.
/// </summary>
public sealed class TerminalAnswerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-answers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Corpus_WhenShown_IsNotAnsweredByATerminal()
    {
        // What does not end would swallow the questions behind it.
        var raw = HostileTexts.All.Where(text => text.Name.Contains("asked for", StringComparison.Ordinal)).SelectMany(text => text.Bytes);
        Assert.NotEmpty(await AnswersAsync([.. raw]));
        Assert.Empty(await AnswersAsync(Encoding.UTF8.GetBytes(Written(HostileTexts.Whole))));
    }

    /// <summary>What the terminal typed, up to what the test types behind it.</summary>
    private async Task<string> AnswersAsync(byte[] shown)
    {
        var file = Path.Combine(folder, RandomNumberGenerator.GetHexString(8));
        await File.WriteAllBytesAsync(file, shown, TestContext.Current.CancellationToken);
        const string End = "typed-by-the-test";
        // Without echo, and without waiting for lines: each byte that is typed is kept as it comes.
        await using var terminal = await OrleansKd.Testing.Processes.Terminal.OpenAsync($"answers-{RandomNumberGenerator.GetHexString(8)}", new Dictionary<string, string?> { ["TERM"] = "xterm-256color" },
            ["sh", "-c", $"stty raw -echo; cat {file}; printf '\\033c\\033[2Jshown-all'; exec dd bs=1 of={file}.typed 2>/dev/null"]);
        await terminal.ShowsAsync("shown-all");
        await terminal.TypeAsync(End);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var typed = "";
        while (!typed.EndsWith(End, StringComparison.Ordinal))
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            typed = File.Exists(file + ".typed") ? await File.ReadAllTextAsync(file + ".typed", TestContext.Current.CancellationToken) : "";
        }
        return typed[..^End.Length];
    }

    private static string Written(byte[] bytes)
    {
        var writer = new TranscriptText();
        var text = new StringBuilder();
        writer.Append(new TranscriptEntry { Sequence = 1, At = ScriptedTranscript.Start, Kind = TranscriptEntryKind.Output, Data = bytes }, text);
        writer.Finish(text);
        return text.ToString();
    }
}
