using OrleansKd.KdHost.Engine;

namespace OrleansKd.KdHost;

/// <summary>A debugging client: <c>-remote</c>. All commands run in the server.</summary>
internal static class RemoteSession
{
    private const string RemoteExit = ".remote_exit";

    /// <summary>More than one waits when a signal just misses the wait; a passing one ends it at once.</summary>
    private static readonly TimeSpan LookAround = TimeSpan.FromSeconds(1);

    public static int Run(string server, OutputWriter output)
    {
        var hasEnded = false;
        try
        {
            using var console = new EngineConsole(DebugClient.Connect(server), output);
            console.Start(_ => console.Signals.Wake());
            // Engine: prints what the session has printed so far, and tells everybody who connected.
            console.Client.ConnectSession();
            while (!Step(console, ref hasEnded))
            {
            }
            // Engine: the others read "… disconnected at …"; server and target go on.
            console.Client.EndSession(SessionEnd.Disconnect);
            return 0;
        }
        catch (EngineException problem) when (EngineInterface.IsConnectionLoss(problem.Result))
        {
            if (hasEnded)
                return 0;
            // Ours: what kd.exe prints then, and its exit code, are not known.
            output.Write($"\nThe debugging server is gone: {problem.Message}\n");
            return 1;
        }
    }

    /// <summary>True when the user has left.</summary>
    private static bool Step(EngineConsole console, ref bool hasEnded)
    {
        var status = console.Control.Status();
        if (status == ExecutionStatus.Break)
        {
            if (console.TryTakeLine(out var line))
            {
                if (line.TrimStart().StartsWith(RemoteExit, StringComparison.OrdinalIgnoreCase))
                    return true;
                // The form of the identification is ours: kd.exe's is not known.
                console.Client.OutputIdentity(OutputTo.AllOtherClients, "[%s] ");
                console.Run(line);
                return false;
            }
        }
        else
            console.ForgetPrompt();
        // Ctrl+B waits for lines before it as long as the engine takes them; a running target or somebody's command does not hold it.
        if (console.Input.End != InputEnd.None)
            return true;
        hasEnded = status == ExecutionStatus.NoDebuggee;
        console.Client.DispatchCallbacks(LookAround);
        return false;
    }
}
