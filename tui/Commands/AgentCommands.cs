using System.CommandLine;
using System.Globalization;
using OrleansKd.Agent.Control;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;

namespace OrleansKd.Tui.Commands;

/// <summary><c>agent status</c> and <c>agent stop</c>: the agent on this computer, asked without the server.</summary>
internal static class AgentCommands
{
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask." };

    public static void AddTo(Command agent, CommandRunner runner)
    {
        runner.Add(agent, "status", "Show the agent on this computer and its sessions.", Status);
        runner.Add(agent, "stop", "Stop the agent on this computer: it leaves its debuggers without harm to their targets.", Stop, Yes);
    }

    private static async Task<int> Status(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var place = context.Server.AgentPlace;
        if (await ControlClient.AskAsync(place, ControlVerb.Status, cancellationToken) is not { } status)
            return NotRunning(context, place, ExitCodes.NoAgent);
        if (context.IsJson)
            context.WriteJson(status);
        else
            Write(context, status);
        return ExitCodes.Done;
    }

    private static async Task<int> Stop(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var place = context.Server.AgentPlace;
        if (await ControlClient.AskAsync(place, ControlVerb.Status, cancellationToken) is not { } status)
            return NotRunning(context, place, ExitCodes.Done);
        var left = status.Sessions.Where(session => session.ProcessId is not null).Select(Fate).ToArray();
        foreach (var line in left)
            context.Say(line);
        if (left.Length > 0 && !parsed.GetValue(Yes) && !context.Confirm($"Stop the agent on {status.Computer} (process {status.ProcessId}), and leave {(left.Length == 1 ? "this debugger" : $"these {left.Length} debuggers")}?"))
            return ExitCodes.Cancelled;
        await ControlClient.StopAsync(place, context.Host.Time, cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { processId = status.ProcessId, state = "stopped" });
        else
            context.WriteLine($"The agent on {status.Computer} (process {status.ProcessId}) has ended.");
        return ExitCodes.Done;
    }

    private static int NotRunning(CommandContext context, AgentPlace place, int code)
    {
        if (context.IsJson)
            context.WriteJson(new { state = "stopped", log = place.LogFile });
        else
            context.WriteLine($"No agent for profile '{place.Profile}' at {place.Server} runs on this computer. Its log, if there was one: {place.LogFile}");
        return code;
    }

    private static string Fate(AgentSession session) => $"session {session.Id}: {session.Debugger} (process {session.ProcessId}) is left; " + (session.ThroughServer
        ? "the KD server and its target go on as they are, and the session can be re-opened."
        : "its target is let run, and the session ends.");

    private static void Write(CommandContext context, AgentStatus status)
    {
        context.WriteLine($"agent     process {status.ProcessId}, version {status.Version}, since {At(status.StartedAt)}{(status.StopsWhenIdle ? ", stops when idle" : "")}{(status.LocalStartsOnly ? ", starts only what is asked for here" : "")}{(status.IsStopping ? ", IS ENDING" : "")}");
        context.WriteLine($"server    {status.Server} with profile '{status.Profile}'");
        context.WriteLine($"          {(status.ConnectedAt is { } since ? $"connected since {At(since)}" : $"NOT CONNECTED: {status.Problem}")}");
        context.WriteLine($"computer  {status.Computer}");
        context.WriteLine($"debuggers {(status.Debuggers.Length == 0 ? "none found or allowed" : string.Join(" ", status.Debuggers))}");
        context.WriteLine($"log       {status.Log}");
        context.WriteLine($"data      {status.Data}");
        if (status.Sessions.Length == 0)
            context.WriteLine("sessions  none");
        else
            TextTable.Write(context, ["SESSION", "RUN", "DEBUGGER", "PROCESS", "STATE", "NOT UPLOADED"], status.Sessions.Select(Row));
    }

    private static string[] Row(AgentSession session) =>
    [
        session.Id,
        session.Run.ToString(CultureInfo.InvariantCulture),
        session.Debugger + (session.ProcessId is null ? "" : session.ThroughServer ? " (through a KD server)" : " (direct)"),
        session.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "gone",
        StateText.Of(session.State, session.Spool),
        $"{session.SpoolBytes} bytes",
    ];

    private static string At(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
