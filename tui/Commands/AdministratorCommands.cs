using System.CommandLine;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Commands;

/// <summary><c>administrators list</c>, <c>appoint</c>, <c>dismiss</c>, <c>rebind</c> (rules A1, A3).</summary>
internal static class AdministratorCommands
{
    private static readonly Argument<string> Email = new("EMAIL") { Description = "The person's address." };
    private static readonly Option<string?> Reason = new("--reason") { Description = $"Why; up to {Limits.ReasonLength} characters, kept in the log.", HelpName = "TEXT" };

    public static void AddTo(RootCommand root, CommandRunner runner)
    {
        var administrators = runner.AddGroup(
            root, "administrators", "Who administers your organization. For administrators.",
            "orleanskd administrators list",
            "orleanskd administrators appoint ann@contoso.example",
            "orleanskd administrators dismiss bob@contoso.example",
            "orleanskd administrators rebind carl@contoso.example --reason \"new account after the move\"");
        runner.Add(administrators, "list", "List the administrators of your organization.", List);
        runner.Add(administrators, "appoint", "Make somebody of your organization an administrator.", (context, parsed, cancellationToken) =>
            Do(context, parsed, Routes.AppointAdministrator, "Appointed", cancellationToken), Email, Reason);
        runner.Add(administrators, "dismiss", "End somebody's being an administrator; the last one can't be dismissed.", (context, parsed, cancellationToken) =>
            Do(context, parsed, Routes.DismissAdministrator, "Dismissed", cancellationToken), Email, Reason);
        runner.Add(administrators, "rebind", "Let the next sign-in with this address, by another identity and within a week, take the account over.", (context, parsed, cancellationToken) =>
            Do(context, parsed, Routes.RebindAccount, "Open to be bound anew", cancellationToken), Email, Reason);
    }

    private static async Task<int> List(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var organization = await context.Server.Sessions.GetOrganizationAsync(cancellationToken);
        var administrators = organization.Members.Where(member => member.IsAdministrator).ToArray();
        if (context.IsJson)
            context.WriteJson(administrators);
        else
            TextTable.Write(context, ["ADMINISTRATOR", "BY"], administrators.Select(member => new[] { member.Email, member.IsConfigured ? "configuration" : "decision" }));
        return ExitCodes.Done;
    }

    private static async Task<int> Do(CommandContext context, ParseResult parsed, string route, string done, CancellationToken cancellationToken)
    {
        var email = parsed.GetRequiredValue(Email);
        await context.Server.Sessions.AdministerAsync(route, new AdministratorRequest(email, parsed.GetValue(Reason)), cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { email });
        else
            context.WriteLine($"{done}: {email}.");
        return ExitCodes.Done;
    }
}
