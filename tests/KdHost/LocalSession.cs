using System.Diagnostics;
using OrleansKd.KdHost.Engine;

namespace OrleansKd.KdHost;

/// <summary>The engine is in this process, with its target; with <c>-server</c>, others join.</summary>
internal static class LocalSession
{
    private const uint InitialBreak = 0x20, FinalBreak = 0x80;
    private const string StartSecure = ".secure 1", Quit = "q";

    /// <summary>Clients' last calls are answered within this; exiting at once cuts a client's own qq off (seen).</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1.5);

    public static int Run(CommandLine line, OutputWriter output)
    {
        using var console = new EngineConsole(DebugClient.Create(), output);
        Begin(console, line, output);
        // Documented: a debugger that is no client ends abruptly, whatever it does. A kernel target stays as it is.
        console.Start(end =>
        {
            if (end == InputEnd.CtrlB)
                ProcessEnd.With(0);
            console.Signals.Wake();
        });
        // Before the first event the status is "no debuggee" (engine): that is waiting.
        if (!console.Control.TryWaitForEvent())
            return 1;
        while (Step(console))
        {
        }
        if (line.Server is not null)
            SayFarewell(console.Client);
        return 0;
    }

    private static void Begin(EngineConsole console, CommandLine line, OutputWriter output)
    {
        var client = console.Client;
        console.Control.AddOptions(
            (line.Kernel is null ? !line.SkipsInitialBreak : line.BreaksKernel) ? InitialBreak | FinalBreak : FinalBreak);
        if (line.IsSecure)
            _ = console.Control.Execute(OutputTo.AllClients, StartSecure);
        if (line.Server is { } transport)
        {
            client.StartServer(transport);
            output.Write("Server started.\n");
        }
        if (line.Kernel is { } options)
            client.AttachKernel(options);
        else if (line.Dump is { } path)
            client.OpenDumpFile(path);
        else if (line.ProcessId is { } id)
            client.AttachProcess(id);
        else
            client.CreateProcess(line.Program!);
    }

    private static void SayFarewell(DebugClient client)
    {
        var start = Stopwatch.GetTimestamp();
        while (Farewell - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } left)
            client.DispatchCallbacks(left);
    }

    /// <summary>False when there is no target any more.</summary>
    private static bool Step(EngineConsole console)
    {
        var status = console.Control.Status();
        if (status == ExecutionStatus.NoDebuggee)
            return false;
        if (status != ExecutionStatus.Break)
        {
            console.ForgetPrompt();
            return console.Control.TryWaitForEvent();
        }
        if (console.TryTakeLine(out var line))
            console.Run(line);
        else if (console.Input.End == InputEnd.EndOfInput)
            // Ours: what kd.exe does at the end of its input is not known.
            console.Run(Quit);
        else
            console.WaitForOthers();
        return true;
    }
}
