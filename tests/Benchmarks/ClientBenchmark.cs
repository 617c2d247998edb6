using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using OrleansKd.Benchmarks.Agents;
using OrleansKd.Benchmarks.Running;
using OrleansKd.Contracts;
using OrleansKd.Local.Processes;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Benchmarks;

/// <summary>
/// <c>client</c>: the terminal client in a real terminal (tmux, 160x50), by what it writes there. <c>flood_processor_fraction</c>: of one processor, while
/// ten thousand lines a second come. <c>key_*</c>: meanwhile, from when tmux is told to press a key until its character is written. <c>burst_behind_viewer_ms</c>: from when another viewer, which draws nothing, has the last of 100,000 lines until it is on the screen.
/// <c>open_end_ms</c>: from Enter on a session with 50 MB of history until its last line is on the screen. <c>million_lines_mb</c>: the process's memory with a million
/// lines and what came before.
/// </summary>
internal static class ClientBenchmark
{
    /// <summary>The first key's character; the others' follow. No debugger prints them, and none is drawn before it is typed.</summary>
    private const char FirstTyped = 'Ā';

    /// <summary>Environment variable: the client to measure, such as a released one, which is compiled ahead.</summary>
    private const string OtherClient = "ORLEANSKD_BENCHMARK_CLIENT";

    /// <summary>Until the runtime has compiled anew what a flood uses, which takes more of a processor than the flood.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static Command Create() => BenchmarkCommand.Create(
        "client", "The terminal client in a flood, and with long transcripts.", RunAsync, new("lines-a-second", 10_000), new("seconds", 5), new("keys", 40), new("burst-lines", 100_000), new("mb", 50), new("lines", 1_000_000));

    private static async Task RunAsync(BenchmarkSettings settings, Figures figures)
    {
        await using var stage = await BenchmarkStage.OpenAsync(silos: 1, withAgent: false);
        await using var agent = await LoadAgent.ConnectAsync(stage.Server, stage.HostTokens);
        await using var run = await agent.HostAsync(stage.Api, "flooded");
        await run.DurableAsync(await run.PromptAsync());
        await stage.ClientTokenAsync(1);
        await stage.Api.InviteAsync(run.Session, [BenchmarkStage.EmailOf(1)], CancellationToken.None);

        await using (var client = await OpenClientAsync(stage, "flooded"))
        {
            await client.PressUntilAsync("Enter", "(load)");
            await FloodAsync(client, run, settings, figures);
            await BurstAsync(stage, client, run, settings["burst-lines"], figures);
            await PrintAsync(run, settings["lines"], "MILLION");
            await client.WrittenAsync(EndOf("MILLION"));
            client.Process.Refresh();
            figures.Add("million_lines_mb", client.Process.WorkingSet64 / 1e6);
        }
        await OpenLongAsync(stage, agent, settings["mb"], figures);
    }

    private static async Task FloodAsync(RecordedTerminal client, LoadRun run, BenchmarkSettings settings, Figures figures)
    {
        using var ending = new CancellationTokenSource();
        var flood = FloodAsync(run, settings["lines-a-second"], ending.Token);
        await Task.Delay(WarmUp);
        client.Process.Refresh();
        var (used, began) = (client.Process.TotalProcessorTime, Clock.Now);
        await Task.Delay(TimeSpan.FromSeconds(settings["seconds"]));
        client.Process.Refresh();
        figures.Add("flood_processor_fraction", (client.Process.TotalProcessorTime - used).TotalSeconds / Clock.Seconds(began, Clock.Now));
        List<double> keys = [];
        await using var keyboard = new Keyboard(client.Name);
        for (var i = 0; i < settings["keys"]; i++)
        {
            var typed = ((char)(FirstTyped + i)).ToString();
            var pressed = Clock.Now;
            await keyboard.TypeAsync(typed);
            await client.WrittenAsync(typed);
            keys.Add(Clock.Milliseconds(pressed, Clock.Now));
        }
        figures.AddPercentiles("key", keys);
        await ending.CancelAsync();
        await flood;
    }

    private static async Task FloodAsync(LoadRun run, int linesASecond, CancellationToken cancellationToken)
    {
        const int PartsASecond = 50;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PartsASecond));
        for (var line = 0; !cancellationToken.IsCancellationRequested;)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var part = new StringBuilder();
            for (var end = line + (linesASecond / PartsASecond); line < end; line++)
                part.Append(CultureInfo.InvariantCulture, $"flood {line,9}  nt!KiSwapContext+0x{line:x8} called from nt!KeWaitForSingleObject\n");
            await PrintAsync(run, part.ToString());
        }
    }

    private static async Task BurstAsync(BenchmarkStage stage, RecordedTerminal client, LoadRun run, int lines, Figures figures)
    {
        var viewers = await stage.StartViewersAsync(run.Session, 1, "--stamp", EndOf("BURST") + " ");
        await PrintAsync(run, lines, "BURST", stamp: true);
        await client.WrittenAsync(EndOf("BURST"));
        var drawn = Clock.Now;
        var told = await viewers[0].WaitForAsync("stamp");
        figures.Add("burst_behind_viewer_ms", Clock.Milliseconds(Viewers.ViewerProcess.Time(told[2]), drawn));
        figures.Add("burst_ms", Clock.Milliseconds(Viewers.ViewerProcess.Time(told[1]), drawn));
    }

    private static async Task OpenLongAsync(BenchmarkStage stage, LoadAgent agent, int megabytes, Figures figures)
    {
        await using var run = await agent.HostAsync(stage.Api, "long history");
        await run.PromptAsync();
        var data = DebuggerText.Frames(256);
        for (var i = 0; i < megabytes * 1_000_000 / Limits.ChunkBytes; i++)
            await run.PrintAsync(data[i % data.Length]);
        await run.DurableAsync(await PrintAsync(run, $"\n{EndOf("HISTORY")}\n"));
        await using var client = await OpenClientAsync(stage, "long history");
        // The newest activity stands first in the list.
        var pressed = Clock.Now;
        await client.PressUntilAsync("Enter", EndOf("HISTORY"));
        figures.Add("open_end_ms", Clock.Milliseconds(pressed, Clock.Now));
    }

    private static async Task<RecordedTerminal> OpenClientAsync(BenchmarkStage stage, string session)
    {
        var environment = new Dictionary<string, string?>(stage.Servers.Environment) { ["TERM"] = "xterm-256color" };
        var name = $"bench-{Guid.NewGuid():N}";
        string[] program = Environment.GetEnvironmentVariable(OtherClient) is { Length: > 0 } other ? [other] : ["dotnet", BuiltProgram.PathOf(BuiltProgram.Client)];
        var terminal = await Terminal.OpenAsync(name, environment, [.. program, "--profile", "host", "--server", stage.Server.GetLeftPart(UriPartial.Authority)], width: 160, height: 50);
        var recorded = await RecordedTerminal.OpenAsync(terminal, name, Path.Combine(stage.Servers.Folder, $"terminal-{Guid.NewGuid():N}"));
        await terminal.ShowsAsync(session);
        return recorded;
    }

    private static async Task PrintAsync(LoadRun run, int lines, string name, bool stamp = false)
    {
        var part = new StringBuilder();
        for (var line = 0; line < lines; line++)
        {
            part.Append(CultureInfo.InvariantCulture, $"{name} {line,9}  nt!KiSwapContext+0x{line:x8} called from nt!KeWaitForSingleObject\n");
            if (part.Length < Limits.ChunkBytes - 1_000)
                continue;
            await PrintAsync(run, part.ToString());
            part.Clear();
        }
        part.Append(CultureInfo.InvariantCulture, $"{EndOf(name)} {(stamp ? $"1 {Clock.Now}" : "")}\n(load) ");
        await PrintAsync(run, part.ToString());
    }

    /// <summary>Not plain text: of a row that is, the client writes only what is another than before.</summary>
    private static string EndOf(string name) => $"‡ {name}-END";

    private static async Task<long> PrintAsync(LoadRun run, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var last = 0L;
        for (var at = 0; at < bytes.Length; at += Limits.ChunkBytes)
            last = await run.PrintAsync(bytes.AsMemory(at, Math.Min(Limits.ChunkBytes, bytes.Length - at)));
        return last;
    }

    /// <summary>Presses keys without starting a program for each.</summary>
    private sealed class Keyboard : IAsyncDisposable
    {
        private readonly Process tmux;

        public Keyboard(string name)
        {
            tmux = Process.Start(new ProcessStartInfo("tmux", ["-L", name, "-C", "attach-session", "-f", "no-output,ignore-size", "-t", "story"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            tmux.OutputDataReceived += (_, _) => { };
            tmux.BeginOutputReadLine();
        }

        public async Task TypeAsync(string text)
        {
            await tmux.StandardInput.WriteLineAsync($"send-keys -t story -l -- '{text}'");
            await tmux.StandardInput.FlushAsync();
        }

        public async ValueTask DisposeAsync()
        {
            tmux.StandardInput.Close();
            await tmux.WaitForExitAsync();
            tmux.Dispose();
        }
    }

    /// <summary>A terminal, and what was written to it.</summary>
    private sealed class RecordedTerminal : IAsyncDisposable
    {
        /// <summary>More than what is looked for is long: it may lie across two readings.</summary>
        private const int Overlap = 64;

        private readonly Terminal terminal;
        private readonly FileStream written;
        private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
        private readonly StringBuilder unread = new();
        private readonly byte[] bytes = new byte[65_536];
        private readonly char[] characters = new char[65_536];

        private RecordedTerminal(Terminal terminal, string name, Process process, string file)
        {
            (this.terminal, Name, Process) = (terminal, name, process);
            written = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }

        /// <summary>Of tmux's server.</summary>
        public string Name { get; }

        public Process Process { get; }

        public static async Task<RecordedTerminal> OpenAsync(Terminal terminal, string name, string file)
        {
            await File.WriteAllTextAsync(file, "");
            await terminal.RecordAsync(file);
            return new RecordedTerminal(terminal, name, Process.GetProcessById(await terminal.ProcessIdAsync()), file);
        }

        public async Task PressUntilAsync(string key, string text)
        {
            await terminal.PressAsync(key);
            await WrittenAsync(text);
        }

        /// <summary>Waits until this is written; what was written before it is not looked at again.</summary>
        public async Task WrittenAsync(string text)
        {
            using var timer = new PeriodicTimer(Look);
            for (var began = Clock.Now; !Finds(text);)
            {
                await timer.WaitForNextTickAsync();
                if (Clock.Seconds(began, Clock.Now) > Limit.TotalSeconds)
                    throw new TimeoutException($"'{text}' never came to the screen, which shows:\n{await terminal.ScreenAsync()}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await written.DisposeAsync();
            Process.Dispose();
            await terminal.DisposeAsync();
        }

        private bool Finds(string text)
        {
            int read;
            while ((read = written.Read(bytes)) > 0)
                unread.Append(characters, 0, decoder.GetChars(bytes, 0, read, characters, 0));
            var now = unread.ToString();
            var at = now.IndexOf(text, StringComparison.Ordinal);
            unread.Clear().Append(now.AsSpan(at >= 0 ? at + text.Length : Math.Max(0, now.Length - Overlap)));
            return at >= 0;
        }
    }
}
