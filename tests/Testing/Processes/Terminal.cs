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

    public static async Task<Terminal> OpenAsync(string name, IReadOnlyDictionary<string, string?> environment, string[] command, int width = 120, int height = 36)
    {
        var terminal = new Terminal(name, environment);
        await terminal.TmuxAsync(["-f", "/dev/null", "new-session", "-d", "-s", "story", "-x", $"{width}", "-y", $"{height}", .. command]);
        return terminal;
    }

    /// <summary>Types text as it is.</summary>
    public Task TypeAsync(string text) => TmuxAsync(["send-keys", "-t", "story", "-l", "--", text]);

    /// <summary>Presses keys by tmux's names: <c>Enter</c>, <c>F10</c>, <c>C-q</c>, <c>M-a</c>.</summary>
    public Task PressAsync(params string[] keys) => TmuxAsync(["send-keys", "-t", "story", .. keys]);

    public async Task<string> ScreenAsync() => (await TmuxAsync(["capture-pane", "-t", "story", "-p"])).Out;

    /// <summary>Id of the program in the window.</summary>
    public async Task<int> ProcessIdAsync() => int.Parse((await TmuxAsync(["display-message", "-t", "story", "-p", "#{pane_pid}"])).Out, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The terminal is gone at once, as when a window is closed or a connection is cut.</summary>
    public Task CutAsync() => TmuxAsync(["kill-server"]);

    /// <summary>Waits until the screen shows this.</summary>
    public async Task<string> ShowsAsync(string text)
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
                if (screen.Contains(text, StringComparison.Ordinal))
                    return screen;
            }
            while (await timer.WaitForNextTickAsync(limit.Token));
        }
        catch (OperationCanceledException)
        {
            // Told below, with the screen.
        }
        throw new TimeoutException($"The screen never showed '{text}'. It shows:\n{screen}");
    }

    public async ValueTask DisposeAsync() => await TmuxAsync(["kill-server"]);

    private async Task<ProgramResult> TmuxAsync(string[] arguments)
    {
        await using var run = new ProgramRun("tmux", ["-L", name, .. arguments], environment);
        return await run.EndAsync();
    }
}
