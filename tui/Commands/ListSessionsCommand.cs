using System.CommandLine;
using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;

namespace OrleansKd.Tui.Commands;

internal static class ListSessionsCommand
{
    public static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var sessions = await context.Server.Sessions.GetSessionsAsync(cancellationToken);
        if (context.IsJson)
        {
            context.WriteJson(sessions);
            return ExitCodes.Done;
        }
        TextTable.Write(context, ["ID", "STATE", "DEBUGGER", "ROLE", "CLIENTS", "HOST", "NAME"], sessions.Select(Row));
        return ExitCodes.Done;
    }

    private static string[] Row(SessionSummary session) =>
    [
        session.Id,
        StateText.Of(session.State),
        StateText.OfDebugger(session),
        session.IsHost ? "host" : "client",
        session.Clients.ToString(CultureInfo.InvariantCulture),
        $"{session.Host.Name} ({session.Host.Company})",
        session.Name,
    ];
}
