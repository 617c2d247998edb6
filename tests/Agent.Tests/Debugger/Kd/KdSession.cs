using OrleansKd.Agent.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger.Kd;

/// <summary>Microsoft's engine, started as the agent starts kd, with verbs of somebody who sits at it.</summary>
internal sealed class KdSession : IAsyncDisposable
{
    private readonly string folder;
    private int commands;

    private KdSession(LaunchedDebugger debugger, RecordedRun record, string folder) => (Debugger, Record, this.folder) = (debugger, record, folder);

    public LaunchedDebugger Debugger { get; }

    public DebuggerProcess Process => Debugger.Process;

    public RecordedRun Record { get; }

    public static async Task<KdSession> StartAsync(string program, params IEnumerable<string> arguments)
    {
        var folder = Directory.CreateTempSubdirectory("orleanskd-kd-run-").FullName;
        var record = new RecordedRun();
        var debugger = await new DebuggerLauncher(AllowedDebuggers.Find("", [program]), TimeProvider.System)
            .StartAsync(program, ArgumentSplitter.Join(arguments), folder, record);
        return new(debugger, record, folder);
    }

    public static async Task<KdSession> StartAtPromptAsync(string program, params IEnumerable<string> arguments)
    {
        var session = await StartAsync(program, arguments);
        await session.UntilAsync(DebuggerState.Ready);
        return session;
    }

    /// <summary>Enters a line and waits for the next prompt (one that asks for input, too); the result is what it printed.</summary>
    public async Task<string> RunAsync(string line)
    {
        var id = Begin(line);
        await CompletedAsync(id, line);
        await UntilAsync(DebuggerState.Ready);
        return Record.OutputOf(id);
    }

    /// <summary>Enters a line and waits for nothing.</summary>
    public string Begin(string line)
    {
        var id = $"c{++commands}";
        Assert.True(Process.TryRun(id, line), $"not at the prompt: {Process.State}");
        return id;
    }

    public Task CompletedAsync(string id, string what) =>
        Eventually.TrueAsync(() => Record.Chunks.Any(chunk => chunk.Kind == AgentChunkKind.CommandCompleted && chunk.CommandId == id), what + "\n" + Record.Text);

    public Task UntilAsync(DebuggerState state) => Eventually.TrueAsync(() => Process.State == state, $"kd is {state}");

    /// <summary>Break, and the prompt.</summary>
    public async Task BreakAsync()
    {
        Process.Break();
        await UntilAsync(DebuggerState.Ready);
    }

    public async Task<(DebuggerExit Exit, TargetFate? Left)> LeaveAsync(TargetFate? fate) => await DebuggerLeave.LeaveAsync(Process, Debugger.Dialect, fate, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        if (!Process.Exited.IsCompleted)
        {
            Process.Kill();
            await Process.Exited;
        }
        Directory.Delete(folder, recursive: true);
    }
}
