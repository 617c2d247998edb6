using System.CommandLine;
using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;

namespace OrleansKd.Tui.Commands;

/// <summary><c>permissions request</c>, <c>list</c>, <c>approve</c>, <c>deny</c>, <c>revoke</c>, <c>log</c> (rule A2).</summary>
internal static class PermissionCommands
{
    private static readonly Option<bool> Host = new("--host") { Description = "Host Sessions." };
    private static readonly Option<bool> Join = new("--join") { Description = "Join Sessions." };
    private static readonly Argument<string> Email = new("EMAIL") { Description = "The person's address." };
    private static readonly Option<string?> Reason = new("--reason") { Description = $"Why; up to {Limits.ReasonLength} characters, told to the other side.", HelpName = "TEXT" };
    private static readonly Option<long?> Before = new("--before") { Description = "Only lines with a smaller number.", HelpName = "N", Validators = { result => CheckNumber(result, long.MaxValue) } };
    private static readonly Option<int> Take = new("--take")
    {
        Description = $"How many lines, up to {Limits.PermissionLogItems}. Default: 20.",
        HelpName = "M",
        DefaultValueFactory = _ => 20,
        Validators = { result => CheckNumber(result, Limits.PermissionLogItems) },
    };

    private static readonly Option<bool> All = new("--all") { Description = "Everything, whatever --take says." };

    public static void AddTo(RootCommand root, CommandRunner runner)
    {
        var permissions = runner.AddGroup(
            root, "permissions", "Who may host and join sessions.",
            "orleanskd permissions request --host --join --reason \"on call this week\"",
            "orleanskd permissions list",
            "orleanskd permissions approve ann@contoso.example",
            "orleanskd permissions deny bob@contoso.example --reason \"ask your lead first\"",
            "orleanskd permissions revoke bob@contoso.example --join",
            "orleanskd permissions log --take 50",
            "orleanskd permissions log --all --json");
        Named(runner.Add(permissions, "request", "Ask the administrators of your organization; they decide, and it counts at once.", Request, Host, Join, Reason), "Say what you ask for: --host, --join, or both.");
        runner.Add(permissions, "list", "Your permissions; for administrators also who waits for a decision, and who may do what.", List);
        runner.Add(permissions, "approve", "Approve what somebody asked for: all of it, or only --host or --join. For administrators.", (context, parsed, cancellationToken) =>
            Decide(context, parsed, Routes.ApprovePermissions, "Approved", cancellationToken), Email, Host, Join, Reason);
        runner.Add(permissions, "deny", "Deny what somebody asked for: all of it, or only --host or --join. For administrators.", (context, parsed, cancellationToken) =>
            Decide(context, parsed, Routes.DenyPermissions, "Denied", cancellationToken), Email, Host, Join, Reason);
        Named(runner.Add(permissions, "revoke", "Take permissions away, at once: without Join the person's windows end, without Host their open sessions are closed (not terminated). For administrators.", (context, parsed, cancellationToken) =>
            Decide(context, parsed, Routes.RevokePermissions, "Taken away", cancellationToken), Email, Host, Join, Reason), "Say what to take away: --host, --join, or both.");
        runner.Add(permissions, "log", "Who decided what, and when, newest first. For administrators.", Log, Before, Take, All);
    }

    /// <summary>At least one of the permissions has to be named.</summary>
    private static void Named(Command command, string otherwise) => command.Validators.Add(result =>
    {
        if (!result.IsOn(Host) && !result.IsOn(Join))
            result.AddError(otherwise);
    });

    private static async Task<int> Request(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var own = await context.Server.Sessions.RequestPermissionsAsync(new RequestPermissionsRequest(PermissionsOf(parsed), parsed.GetValue(Reason)), cancellationToken);
        if (context.IsJson)
            context.WriteJson(own);
        else
            WriteOwn(context, own);
        return ExitCodes.Done;
    }

    private static async Task<int> List(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var own = await context.Server.Sessions.GetPermissionsAsync(cancellationToken);
        var organization = own.IsAdministrator ? await context.Server.Sessions.GetOrganizationAsync(cancellationToken) : null;
        if (context.IsJson)
        {
            context.WriteJson(new { own, organization });
            return ExitCodes.Done;
        }
        WriteOwn(context, own);
        if (organization is null)
            return ExitCodes.Done;
        context.WriteLine("");
        if (organization.Requests.Length > 0)
        {
            TextTable.Write(context, ["WAITS", "NAME", "ASKED FOR", "SINCE", "REASON"], organization.Requests.Select(request => new[]
            {
                request.User.Email, request.User.Name, PermissionText.Of(request.Permissions), PermissionText.At(request.At), request.Reason ?? "",
            }));
            context.WriteLine("");
        }
        TextTable.Write(context, ["PERSON", "PERMISSIONS", "ROLE", "BY"], organization.Members.Select(member => new[]
        {
            member.Email, PermissionText.Of(member.Permissions), member.IsAdministrator ? "administrator" : "", member.IsConfigured ? "configuration" : "decision",
        }));
        return ExitCodes.Done;
    }

    private static void WriteOwn(CommandContext context, PermissionsSummary own)
    {
        foreach (var line in PermissionText.Own(own))
            context.WriteLine(line);
    }

    private static async Task<int> Decide(CommandContext context, ParseResult parsed, string route, string done, CancellationToken cancellationToken)
    {
        var (email, permissions) = (parsed.GetRequiredValue(Email), PermissionsOf(parsed));
        await context.Server.Sessions.DecidePermissionsAsync(route, new DecidePermissionsRequest(email, permissions.Length == 0 ? null : permissions, parsed.GetValue(Reason)), cancellationToken);
        if (context.IsJson)
            context.WriteJson(new { email });
        else
            context.WriteLine($"{done}: {email}{(permissions.Length == 0 ? "" : $", {PermissionText.Of(permissions)}")}.");
        return ExitCodes.Done;
    }

    private static async Task<int> Log(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var isAll = parsed.GetValue(All);
        var page = await context.Server.Sessions.GetPermissionLogAsync(parsed.GetValue(Before), isAll ? Limits.PermissionLogItems : parsed.GetValue(Take), cancellationToken);
        while (isAll && page.Before is { } next)
        {
            var older = await context.Server.Sessions.GetPermissionLogAsync(next, Limits.PermissionLogItems, cancellationToken);
            page = new PermissionLogPage([.. page.Items, .. older.Items], older.Before);
        }
        if (context.IsJson)
        {
            context.WriteJson(page);
            return ExitCodes.Done;
        }
        TextTable.Write(context, ["NUMBER", "AT", "BY", "DID", "WHOM", "WHAT", "REASON"], page.Items.Select(item => new[]
        {
            item.Number.ToString(CultureInfo.InvariantCulture), PermissionText.At(item.At), item.By.Email, PermissionText.Of(item.Action), item.Whom.Email,
            item.Permissions.Length == 0 ? "" : PermissionText.Of(item.Permissions), item.Reason ?? "",
        }));
        if (page.Before is { } before)
            context.Say($"older lines: orleanskd permissions log --before {before}");
        return ExitCodes.Done;
    }

    private static Permission[] PermissionsOf(ParseResult parsed) =>
        [.. new[] { (Is: parsed.GetValue(Host), Permission.Host), (Is: parsed.GetValue(Join), Permission.Join) }.Where(one => one.Is).Select(one => one.Item2)];

    private static void CheckNumber(System.CommandLine.Parsing.OptionResult result, long most)
    {
        if (result.Tokens is [{ Value: var text }] && !(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most))
            result.AddError($"'{text}' is not a number from 1{(most == long.MaxValue ? "" : $" to {most}")}.");
    }
}
