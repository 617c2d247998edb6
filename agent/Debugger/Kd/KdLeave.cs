using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>How a debugger on Microsoft's engine is left.</summary>
internal static class KdLeave
{
    /// <summary>Ctrl+B and Enter: a line of its own.</summary>
    public const string Key = "\u0002";

    /// <summary>
    /// Through a KD server only the local debugger goes; server and target stay. The target is touched only when its fate was
    /// asked for and is another one than it has.
    /// </summary>
    public static async Task<TargetFate?> FromServerAsync(IDebuggerConsole console, TargetFate? fate)
    {
        var left = fate;
        if (fate == TargetFate.LeaveStopped && console.WasRunning)
            await console.ToPromptAsync();
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
    public static async Task<TargetFate?> FromTargetAsync(IDebuggerConsole console, TargetFate? fate, string? prompt)
    {
        if (prompt is null)
        {
            await console.SendLastAsync(Key);
            return null;
        }
        fate ??= console.WasRunning ? TargetFate.LetRun : TargetFate.LeaveStopped;
        await console.ToPromptAsync();
        if (fate == TargetFate.LetRun)
        {
            await console.SendAsync("bc *");
            await console.SendLastAsync("qd");
        }
        else
        {
            await console.SendLastAsync("q");
        }
        return fate;
    }
}
