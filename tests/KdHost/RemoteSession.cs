using OrleansKd.KdHost.Engine;

namespace OrleansKd.KdHost;

/// <summary>A debugging client: <c>-remote</c>. All commands run in the server.</summary>
internal static class RemoteSession
{
    private const string RemoteExit = ".remote_exit";

    /// <summary>A clean farewell takes a few milliseconds.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    public static int Run(string server, OutputWriter output)
    {
        using var console = new EngineConsole(DebugClient.Connect(server), output);
        using var left = new ManualResetEventSlim();
        console.Start(end => OnInputEnd(end, console.Signals, left));
        var hasEnded = false;
        try
        {
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
        finally
        {
            left.Set();
        }
    }

    /// <summary>Ctrl+B leaves at once (documented): cleanly, or, when the engine's thread waits for an answer that does not come, without a farewell.</summary>
    private static void OnInputEnd(InputEnd end, EngineSignals signals, ManualResetEventSlim left)
    {
        signals.Wake();
        if (end == InputEnd.CtrlB && !left.Wait(Farewell))
            ProcessEnd.With(0);
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
        console.WaitForOthers();
        return false;
    }
}
