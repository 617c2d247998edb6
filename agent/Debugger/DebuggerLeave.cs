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
    /// The last two steps: SIGTERM, where the dialect says that it does no harm, and SIGKILL.
    /// </summary>
    public static async Task<DebuggerExit> EndAsync(DebuggerProcess debugger, TimeProvider time)
    {
        if (debugger.MayBeTerminated)
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
        public bool WasRunning { get; } = debugger.IsTargetRunning;

        public bool AsksForMore => debugger.AsksForMore;

        public async Task ToPromptAsync(TimeSpan? limit)
        {
            var prompt = debugger.PromptAsync();
            if (prompt.IsCompleted)
                return;
            debugger.Break();
            var left = limit ?? StepLimit;
            if (debugger.BreakAgainAfter is { } again && again < left)
            {
                try
                {
                    await prompt.WaitAsync(again, time);
                    return;
                }
                catch (TimeoutException)
                {
                    debugger.Break();
                }
            }
            await prompt.WaitAsync(left, time);
        }

        public Task<bool> IsAtPromptAsync() => WithinAsync(debugger.PromptAsync());

        public Task SendAsync(string line) => debugger.SendAsync(line).WaitAsync(StepLimit, time);

        public Task WriteAsync(string line) => debugger.WriteAsync(line);

        public Task<TargetFate?> SendLastAsync(string line) => debugger.SendLastAsync(line).WaitAsync(StepLimit, time);

        public Task<bool> HasExitedAsync() => WithinAsync(debugger.Exited);

        private async Task<bool> WithinAsync(Task task)
        {
            try
            {
                await task.WaitAsync(StepLimit, time);
                return true;
            }
            catch (Exception none) when (none is TimeoutException or OperationCanceledException)
            {
                return false;
            }
        }
    }
}
