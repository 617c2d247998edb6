using System.CommandLine;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions break</c>: interrupts the debugger, waiting for nothing (rule E4).</summary>
internal static class BreakCommand
{
    private static readonly Argument<string> Session = CommandLine.SessionArgument();

    public static void AddTo(Command sessions, CommandRunner runner) =>
        runner.Add(sessions, "break", "Interrupt the debugger. Cancels the commands that wait.", Run, Session);

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("N");
        await context.Server.Sessions.BreakAsync(parsed.GetRequiredValue(Session), id, cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { id });
        return ExitCodes.Done;
    }
}
