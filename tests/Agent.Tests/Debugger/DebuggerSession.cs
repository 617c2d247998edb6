using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>A real debugger, started as the agent starts it, with verbs of somebody who sits at it.</summary>
internal sealed class DebuggerSession : IAsyncDisposable
{
    private readonly string folder;
    private int commands;

    private DebuggerSession(LaunchedDebugger debugger, RecordedRun record, string folder) => (Debugger, Record, this.folder) = (debugger, record, folder);

    public LaunchedDebugger Debugger { get; }

    public DebuggerProcess Process => Debugger.Process;

    public RecordedRun Record { get; }

    public static async Task<DebuggerSession> StartAsync(string program, string arguments, TimeProvider? time = null)
    {
        var folder = Directory.CreateTempSubdirectory($"orleanskd-{program}-").FullName;
        var record = new RecordedRun();
        var allowed = AllowedDebuggers.Find(Environment.GetEnvironmentVariable("PATH"), []);
        var debugger = await new DebuggerLauncher(allowed, time ?? TimeProvider.System).StartAsync(program, arguments, folder, record);
        return new(debugger, record, folder);
    }

    /// <summary>Enters a line and waits for the next prompt (a continuation too); the result is what it printed.</summary>
    public async Task<string> RunAsync(string line)
    {
        var id = Begin(line);
        await Eventually.TrueAsync(() => Record.Chunks.Any(chunk => chunk.Kind == AgentChunkKind.CommandCompleted && chunk.CommandId == id), line);
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

    public Task UntilAsync(DebuggerState state) => Eventually.TrueAsync(() => Process.State == state, $"{Debugger.Kind} is {state}");

    public async Task<DebuggerExit> LeaveAsync(TargetFate? fate) => (await DebuggerLeave.LeaveAsync(Process, Debugger.Dialect, fate, TimeProvider.System)).Exit;

    /// <summary>Leaves it, and tells what became of the target.</summary>
    public async Task<TargetFate?> LeftAsync(TargetFate? fate) => (await DebuggerLeave.LeaveAsync(Process, Debugger.Dialect, fate, TimeProvider.System)).Left;

    /// <summary>The processes of this computer that it holds, by itself or by a server that it started.</summary>
    public IReadOnlyList<int> Targets() => [.. Children(Process.ProcessId).Prepend(Process.ProcessId).SelectMany(Tracees.Of)];

    /// <summary>What the debugger's process started.</summary>
    public IEnumerable<int> Children() => Children(Process.ProcessId);

    public async ValueTask DisposeAsync()
    {
        if (!Process.Exited.IsCompleted)
        {
            var held = Targets();
            await DebuggerLeave.EndAsync(Process, TimeProvider.System);
            foreach (var target in held)
                _ = LibC.kill(target, Signals.Kill);
        }
        Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<int> Children(int process) => !Directory.Exists($"/proc/{process}/task") ? [] : Directory.EnumerateDirectories($"/proc/{process}/task")
        .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse);
}
