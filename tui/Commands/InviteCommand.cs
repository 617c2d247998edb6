using System.CommandLine;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions invite</c>: all of the addresses or none (rule C2).</summary>
internal static class InviteCommand
{
    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Argument<string[]> Emails = new("EMAIL") { Description = "Addresses of the people to invite.", Arity = ArgumentArity.OneOrMore };

    public static void AddTo(Command sessions, CommandRunner runner) =>
        runner.Add(sessions, "invite", "Invite people, all of them or none.", Run, Session, Emails);

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var emails = parsed.GetRequiredValue(Emails);
        await context.Server.Sessions.InviteAsync(parsed.GetRequiredValue(Session), emails, cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { invited = emails });
        else
            context.WriteLine($"Invited {string.Join(", ", emails)}.");
        return ExitCodes.Done;
    }
}
