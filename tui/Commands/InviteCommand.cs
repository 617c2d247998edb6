using System.CommandLine;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions find</c>, and <c>invite</c>: all of the addresses or none (rule C2).</summary>
internal static class InviteCommand
{
    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Argument<string> Email = new("EMAIL") { Description = "The person's whole address." };
    private static readonly Argument<string[]> Emails = new("EMAIL") { Description = "Addresses of the people to invite.", Arity = ArgumentArity.OneOrMore };

    public static void AddTo(Command sessions, CommandRunner runner)
    {
        runner.Add(sessions, "find", "Show who would be invited under an address.", Find, Email);
        runner.Add(sessions, "invite", "Invite people, all of them or none.", Invite, Session, Emails);
    }

    private static async Task<int> Find(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var found = await context.Server.Sessions.FindUserAsync(parsed.GetRequiredValue(Email), cancellationToken);
        if (context.IsJson)
            context.WriteJson(found);
        else
            TextTable.Write(context, ["EMAIL", "COMPANY", "NAME"], [[found.Email, found.Company, found.Name]]);
        return ExitCodes.Done;
    }

    private static async Task<int> Invite(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
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
