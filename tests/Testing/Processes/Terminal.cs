using Xunit;

namespace OrleansKd.Testing.Processes;

/// <summary>A real terminal: a tmux server of its own with one window.</summary>
public sealed class Terminal : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    /// <summary>tmux tells nobody when a screen changes: it is looked at this often.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly string name;
    private readonly IReadOnlyDictionary<string, string?> environment;

    private Terminal(string name, IReadOnlyDictionary<string, string?> environment) => (this.name, this.environment) = (name, environment);

    public static async Task<Terminal> OpenAsync(string name, IReadOnlyDictionary<string, string?> environment, string[] command, int width = 120, int height = 36, string? folder = null)
    {
        var terminal = new Terminal(name, environment);
        await terminal.TmuxAsync(["-f", "/dev/null", "new-session", "-d", "-s", "story", "-x", $"{width}", "-y", $"{height}", .. folder is null ? [] : (string[])["-c", folder], .. command]);
        return terminal;
    }

    /// <summary>Types text as it is.</summary>
    public Task TypeAsync(string text) => TmuxAsync(["send-keys", "-t", "story", "-l", "--", text]);

    /// <summary>Presses keys by tmux's names: <c>Enter</c>, <c>F10</c>, <c>C-q</c>, <c>M-a</c>.</summary>
    public Task PressAsync(params string[] keys) => TmuxAsync(["send-keys", "-t", "story", .. keys]);

    /// <summary>Pastes text as a terminal does, in brackets where the program asked for them.</summary>
    public async Task PasteAsync(string text)
    {
        await TmuxAsync(["set-buffer", "--", text]);
        await TmuxAsync(["paste-buffer", "-p", "-r", "-t", "story"]);
    }

    public Task ResizeAsync(int width, int height) => TmuxAsync(["resize-window", "-t", "story", "-x", $"{width}", "-y", $"{height}"]);

    public async Task<string> ScreenAsync() => (await TmuxAsync(["capture-pane", "-t", "story", "-p"])).Out;

    /// <summary>Id of the program in the window.</summary>
    public async Task<int> ProcessIdAsync() => int.Parse(await TellAsync("#{pane_pid}"), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What tmux knows about the window, by its formats: <c>#{alternate_on}</c>.</summary>
    public async Task<string> TellAsync(string format) => (await TmuxAsync(["display-message", "-t", "story", "-p", format])).Out.TrimEnd('\n');

    /// <summary>From now on what the program writes to the terminal is also appended to a file, byte by byte.</summary>
    public Task RecordAsync(string file) => TmuxAsync(["pipe-pane", "-t", "story", "-O", $"exec cat >> '{file}'"]);

    /// <summary>The terminal is gone at once, as when a window is closed or a connection is cut.</summary>
    public Task CutAsync() => TmuxAsync(["kill-server"]);

    /// <summary>Waits until the screen shows this.</summary>
    public Task<string> ShowsAsync(string text) => UntilAsync(screen => screen.Contains(text, StringComparison.Ordinal), $"never showed '{text}'");

    /// <summary>Waits until the screen does not show this; after <c>Escape</c>, whose next key would count as pressed with Alt.</summary>
    public Task ShowsNoMoreAsync(string text) => UntilAsync(screen => !screen.Contains(text, StringComparison.Ordinal), $"never ceased to show '{text}'");

    public async ValueTask DisposeAsync() => await TmuxAsync(["kill-server"]);

    private async Task<string> UntilAsync(Func<string, bool> isSo, string otherwise)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(Look);
        var screen = "";
        try
        {
            do
            {
                screen = await ScreenAsync();
                if (isSo(screen))
                    return screen;
            }
            while (await timer.WaitForNextTickAsync(limit.Token));
        }
        catch (OperationCanceledException)
        {
            // Told below, with the screen.
        }
        throw new TimeoutException($"The screen {otherwise}. It shows:\n{screen}");
    }

    private async Task<ProgramResult> TmuxAsync(string[] arguments)
    {
        await using var run = new ProgramRun("tmux", ["-L", name, .. arguments], environment);
        return await run.EndAsync();
    }
}
