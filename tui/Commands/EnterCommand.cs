using System.CommandLine;
using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions enter</c>: enters commands and waits for nothing; several are entered together (rule E6).</summary>
internal static class EnterCommand
{
    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Argument<string[]> Lines = new("COMMAND")
    {
        Description = $"A command, one line. Several are entered together, nobody else's between them, or none: at most {Limits.CommandsAtOnce}.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask before a command that may end the debugger." };

    public static void AddTo(Command sessions, CommandRunner runner) =>
        runner.Add(sessions, "enter", "Enter commands without waiting for what they print.", Run, Session, Lines, Yes);

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Session);
        var lines = parsed.GetRequiredValue(Lines);
        var details = await context.Server.Sessions.GetSessionAsync(id, cancellationToken);
        var grammar = CommandGrammar.For(details.DebuggerKind);
        if (lines.Select(grammar.QuitWordIn).FirstOrDefault(word => word is not null) is { } quit && !parsed.GetValue(Yes)
            && !context.Confirm($"'{quit}' may end the debugger, and with it '{details.Summary.Name}', for everybody. Send it?"))
            return ExitCodes.Cancelled;
        var entered = await context.Server.Sessions.EnterCommandsAsync(id, lines, cancellationToken);
        if (context.IsJson)
            context.WriteJson(entered);
        else
            context.Say(lines.Length == 1 ? "entered." : $"{lines.Length} commands entered.");
        return ExitCodes.Done;
    }
}
