using System.CommandLine;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions key</c>: presses a control key in the debugger, waiting for nothing (rules E4, E5).</summary>
internal static class KeyCommand
{
    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Argument<string> Key = new("KEY")
    {
        Description = "The key: ctrl-b, or just b.",
        Validators =
        {
            result =>
            {
                if (result.Tokens.Count == 1 && !ControlKeys.TryParse(result.Tokens[0].Value, out _))
                    result.AddError($"'{VisibleText.From(result.Tokens[0].Value)}' is no control key: name a letter, such as ctrl-b or b.");
            },
        },
    };

    private static readonly Option<int?> ForRun = new("--run") { Description = "The debugger's run that it is meant for; refused when another one is current.", HelpName = "NUMBER" };

    public static void AddTo(Command sessions, CommandRunner runner) =>
        runner.Add(sessions, "key", "Press a control key in the debugger.", Run, Session, Key, ForRun);

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        _ = ControlKeys.TryParse(parsed.GetRequiredValue(Key), out var key);
        var id = Guid.NewGuid().ToString("N");
        await context.Server.Sessions.PressKeyAsync(parsed.GetRequiredValue(Session), id, key.ToString(), parsed.GetValue(ForRun), cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { id, key });
        return ExitCodes.Done;
    }
}
