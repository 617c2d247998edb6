using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>How a debugger on Microsoft's engine is left.</summary>
internal static class KdLeave
{
    /// <summary>Ctrl+B and Enter: a line of its own.</summary>
    public const string Key = "\u0002";

    /// <summary>A Break took up to 4 seconds to reach a running kernel.</summary>
    private static readonly TimeSpan BreakLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Through a KD server only the local debugger goes; server and target stay. The target is touched only when its fate was
    /// asked for and is another one than it has.
    /// </summary>
    public static async Task<TargetFate?> FromServerAsync(IDebuggerConsole console, TargetFate? fate)
    {
        var left = fate;
        if (fate == TargetFate.LeaveStopped && console.WasRunning)
            await console.ToPromptAsync(BreakLimit);
        else if (fate == TargetFate.LetRun && !console.WasRunning && await console.IsAtPromptAsync())
            await console.WriteAsync("g");
        else if (fate == TargetFate.LetRun && !console.WasRunning)
            left = null;
        await console.WriteAsync(Key);
        if (!await console.HasExitedAsync())
            await console.SendLastAsync(".remote_exit");
        return left;
    }

    /// <summary>A direct debugger ends for everybody. Breakpoints that stay behind would stop a target that nobody debugs.</summary>
    /// <param name="prompt">The last one; null when there is no target.</param>
    public static async Task<TargetFate?> FromTargetAsync(IDebuggerConsole console, TargetFate? fate, Func<string?> prompt)
    {
        if (prompt() is null)
        {
            await console.SendLastAsync(Key);
            return null;
        }
        fate ??= console.WasRunning ? TargetFate.LetRun : TargetFate.LeaveStopped;
        await ToPromptAsync(console);
        if (fate == TargetFate.LeaveStopped && !await LeaveStoppedAsync(console, prompt))
            fate = TargetFate.LetRun;
        else if (fate == TargetFate.LeaveStopped)
            return fate;
        await console.SendAsync("bc *");
        await console.SendLastAsync("qd");
        return fate;
    }

    /// <summary>
    /// A kernel stays as it is when the debugger ends. A process would be ended with it, so it is abandoned, which secure mode
    /// forbids: false then, and the debugger is at its prompt.
    /// </summary>
    private static async Task<bool> LeaveStoppedAsync(IDebuggerConsole console, Func<string?> prompt)
    {
        if (KdPrompt.IsKernel(prompt()!))
        {
            await console.SendLastAsync("q");
            return true;
        }
        try
        {
            await console.SendAsync(".abandon");
            if (prompt() is not null)
                return false;
        }
        catch (Exception none) when (none is TimeoutException or OperationCanceledException)
        {
            // No prompt: it ended, or lives on without a target.
            if (await console.HasExitedAsync())
                return true;
        }
        await console.SendLastAsync(Key);
        return true;
    }

    private static async Task ToPromptAsync(IDebuggerConsole console)
    {
        if (console.AsksForMore && await EndInputAsync(console))
            return;
        try
        {
            await console.ToPromptAsync(BreakLimit);
        }
        catch (TimeoutException)
        {
            // A question for input takes no Break, and the agent does not see every one.
            if (!await EndInputAsync(console))
                throw;
        }
    }

    private static async Task<bool> EndInputAsync(IDebuggerConsole console)
    {
        foreach (var line in KdInput.EndOfAny)
            await console.WriteAsync(line);
        return await console.IsAtPromptAsync();
    }
}
