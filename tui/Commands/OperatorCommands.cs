using System.CommandLine;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions grant</c>, <c>ungrant</c> (rule E7) and <c>queue</c> (rule E3).</summary>
internal static class OperatorCommands
{
    private const string Inspect = "inspect";
    private const string Full = "full";

    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Argument<string> Email = new("EMAIL") { Description = "Address of an invited client." };
    private static readonly Argument<string> Right = new Argument<string>("RIGHT") { Description = $"{Inspect}: known reading commands; {Full}: full control." }.AcceptOnlyFromAmong(Inspect, Full);
    private static readonly Argument<string> CommandId = new("COMMAND") { Description = "The command's id, from sessions queue list." };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask." };

    public static void AddTo(Command sessions, CommandRunner runner)
    {
        runner.Add(sessions, "grant", "Let an invited client enter commands.", Grant, Session, Email, Right, Yes);
        runner.Add(sessions, "ungrant", "Take that right away, also for commands that wait.", Ungrant, Session, Email);
        var queue = runner.AddGroup(
            sessions, "queue", "Commands that wait for the debugger.", "orleanskd sessions queue list ID", "orleanskd sessions queue remove ID COMMAND");
        runner.Add(queue, "list", "List them, oldest first.", List, Session);
        runner.Add(queue, "remove", "Remove one; whether that came in time, the transcript tells.", Remove, Session, CommandId);
    }

    private static async Task<int> Grant(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var email = parsed.GetRequiredValue(Email);
        var right = parsed.GetRequiredValue(Right) == Full ? OperatorRight.Full : OperatorRight.Inspect;
        if (right is OperatorRight.Full && !parsed.GetValue(Yes) && context.Host.IsInteractive && !context.Confirm($"{RightText.FullControlWarning(email)} Give it?"))
            return ExitCodes.Cancelled;
        await context.Server.Sessions.GrantAsync(parsed.GetRequiredValue(Session), email, right, cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { granted = email, right });
        return ExitCodes.Done;
    }

    private static async Task<int> Ungrant(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var email = parsed.GetRequiredValue(Email);
        await context.Server.Sessions.UngrantAsync(parsed.GetRequiredValue(Session), email, cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { ungranted = email });
        return ExitCodes.Done;
    }

    private static async Task<int> List(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var details = await context.Server.Sessions.GetSessionAsync(parsed.GetRequiredValue(Session), cancellationToken);
        foreach (var command in details.Queue)
        {
            if (context.IsJson)
                context.WriteJson(command);
            else
                context.WriteLine($"{command.Id}  {(command.IsRunning ? "runs " : "waits")}  {VisibleText.From(command.Author.Name)}: {VisibleText.From(command.Text)}");
        }
        return ExitCodes.Done;
    }

    private static async Task<int> Remove(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var command = parsed.GetRequiredValue(CommandId);
        await context.Server.Sessions.RemoveCommandAsync(parsed.GetRequiredValue(Session), command, cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { removalAsked = command });
        return ExitCodes.Done;
    }
}
