using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>
/// Ends a debugger without harm to its target: break if it is not at its prompt, the leave commands, then SIGTERM (gdb lets go
/// properly on it), and SIGKILL at last.
/// </summary>
internal static class DebuggerLeave
{
    /// <summary>Each step; a debugger that takes longer is stuck.</summary>
    public static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(5);

    public static async Task<DebuggerExit> LeaveAsync(DebuggerProcess debugger, DebuggerDialect dialect, TargetFate fate, TimeProvider time)
    {
        debugger.StopCommands();
        if (debugger.Exited.IsCompleted)
            return await debugger.Exited;
        try
        {
            var prompt = debugger.PromptAsync();
            if (!prompt.IsCompleted)
            {
                debugger.Break();
                await prompt.WaitAsync(StepLimit, time);
            }
            await dialect.LeaveAsync(new Console(debugger, time), fate);
            return await debugger.Exited.WaitAsync(StepLimit, time);
        }
        catch (Exception stuck) when (stuck is TimeoutException or OperationCanceledException)
        {
            return await EndAsync(debugger, time);
        }
    }

    /// <summary>The last two steps: SIGTERM, and SIGKILL when it stays.</summary>
    public static async Task<DebuggerExit> EndAsync(DebuggerProcess debugger, TimeProvider time)
    {
        debugger.Terminate();
        try
        {
            return await debugger.Exited.WaitAsync(StepLimit, time);
        }
        catch (TimeoutException)
        {
            debugger.Kill();
            return await debugger.Exited;
        }
    }

    private sealed class Console(DebuggerProcess debugger, TimeProvider time) : IDebuggerConsole
    {
        public int ProcessId => debugger.ProcessId;

        public bool ReportsTarget => debugger.ReportsTarget;

        public Task SendAsync(string line) => debugger.SendAsync(line).WaitAsync(StepLimit, time);

        public Task SendLastAsync(string line) => debugger.SendLastAsync(line);
    }
}
