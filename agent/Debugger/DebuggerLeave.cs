using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>
/// Ends a debugger without harm to its target: the dialect's way to leave, then signals.
/// </summary>
internal static class DebuggerLeave
{
    /// <summary>Each step; a debugger that takes longer is stuck.</summary>
    public static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(5);

    /// <param name="fate">Null: the target stays as it is.</param>
    /// <returns>How the debugger ended, and what became of the target when that is known.</returns>
    public static async Task<(DebuggerExit Exit, TargetFate? Left)> LeaveAsync(DebuggerProcess debugger, DebuggerDialect dialect, TargetFate? fate, TimeProvider time)
    {
        debugger.StopCommands();
        if (debugger.Exited.IsCompleted)
            return (await debugger.Exited, null);
        try
        {
            var left = await dialect.LeaveAsync(new Console(debugger, time), fate);
            return (await debugger.Exited.WaitAsync(StepLimit, time), left);
        }
        catch (Exception stuck) when (stuck is TimeoutException or OperationCanceledException)
        {
            return (await EndAsync(debugger, time), null);
        }
    }

    /// <summary>
    /// The last two steps: SIGTERM, on which gdb lets go of processes of this computer, and SIGKILL. A stub elsewhere gets no SIGTERM: gdb
    /// may ask it to kill its target then, which a stub that hangs does as soon as it wakes up; without gdb it goes on as it is.
    /// </summary>
    public static async Task<DebuggerExit> EndAsync(DebuggerProcess debugger, TimeProvider time)
    {
        if (debugger.HoldsProcesses)
        {
            debugger.Terminate();
            try
            {
                return await debugger.Exited.WaitAsync(StepLimit, time);
            }
            catch (TimeoutException)
            {
                // Stuck.
            }
        }
        debugger.Kill();
        return await debugger.Exited;
    }

    private sealed class Console(DebuggerProcess debugger, TimeProvider time) : IDebuggerConsole
    {
        public int ProcessId => debugger.ProcessId;

        public bool ReportsTarget => debugger.ReportsTarget;

        public bool WasRunning { get; } = debugger.IsTargetRunning;

        public async Task ToPromptAsync()
        {
            var prompt = debugger.PromptAsync();
            if (prompt.IsCompleted)
                return;
            debugger.Break();
            try
            {
                await prompt.WaitAsync(DebuggerProcess.BreakAgainAfter, time);
            }
            catch (TimeoutException)
            {
                debugger.Break();
                await prompt.WaitAsync(StepLimit, time);
            }
        }

        public Task SendAsync(string line) => debugger.SendAsync(line).WaitAsync(StepLimit, time);

        public Task<TargetFate?> SendLastAsync(string line) => debugger.SendLastAsync(line).WaitAsync(StepLimit, time);
    }
}
