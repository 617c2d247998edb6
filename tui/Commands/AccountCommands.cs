using System.CommandLine;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;

namespace OrleansKd.Tui.Commands;

internal static class AccountCommands
{
    public static async Task<int> WhoAmI(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var me = await context.Server.Sessions.GetMeAsync(cancellationToken);
        if (context.IsJson)
        {
            context.WriteJson(me);
            return ExitCodes.Done;
        }
        context.WriteLine($"{me.Name} ({me.Company ?? "no company"}) <{me.Email}> at {context.Server.Server}");
        context.WriteLine(PermissionText.Held(me));
        foreach (var notice in PermissionText.Notices(me))
            context.WriteLine(notice);
        return ExitCodes.Done;
    }

    public static async Task<int> ListComputers(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var computers = await context.Server.Sessions.GetComputersAsync(cancellationToken);
        if (context.IsJson)
        {
            context.WriteJson(computers);
            return ExitCodes.Done;
        }
        TextTable.Write(
            context,
            ["COMPUTER", "AGENT", "DEBUGGERS"],
            computers.Select(computer => new[] { computer.Name, computer.IsOnline ? "online" : "offline", string.Join(" ", computer.Debuggers) }));
        return ExitCodes.Done;
    }
}
