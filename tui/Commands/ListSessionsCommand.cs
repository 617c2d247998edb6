using System.CommandLine;
using System.Globalization;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions list</c>: the list as it is; with <c>--watch</c> also what changes, for ever.</summary>
internal static class ListSessionsCommand
{
    private static readonly string[] Header = ["ID", "STATE", "DEBUGGER", "ROLE", "CLIENTS", "HOST", "NAME"];

    private static readonly Option<bool> Watch = new("--watch") { Description = "Go on live until Ctrl+C, also after a cut: a line for each session that comes, changes or goes. With --json a page of changes on a line." };

    private static readonly Option<string?> After = new("--after")
    {
        Description = "With --watch and --json: only what has changed since the page whose 'next' this is.",
        HelpName = "CURSOR",
    };

    public static void AddTo(Command sessions, CommandRunner runner) =>
        runner.Add(sessions, "list", "List the sessions that you host or are invited to.", Run, Watch, After).Validators.Add(result =>
        {
            if (result.IsGiven(After) && !(result.IsOn(Watch) && result.IsOn("--json")))
                result.AddError("'--after' goes with '--watch --json' only.");
        });

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Watch))
            return await FollowAsync(context, parsed.GetValue(After), cancellationToken);
        var sessions = await context.Server.Sessions.GetSessionsAsync(cancellationToken);
        if (context.IsJson)
            context.WriteJson(sessions);
        else
            TextTable.Write(context, Header, sessions.Select(Row));
        return ExitCodes.Done;
    }

    private static async Task<int> FollowAsync(CommandContext context, string? after, CancellationToken cancellationToken)
    {
        var text = new ChangeText(context);
        await foreach (var update in context.Server.Sessions.FollowFeedAsync(after, context.Host.Time, cancellationToken))
        {
            if (update is FeedUpdate.ConnectionChanged { State: FollowerState.Reconnecting } cut)
                context.Say($"connection lost: {cut.Reason} Trying again.");
            if (update is not FeedUpdate.Page { Value: var page })
                continue;
            if (context.IsJson)
                context.WriteJson(page);
            else
                text.Write(page);
            await context.Host.Out.FlushAsync(cancellationToken);
        }
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

    /// <summary>The list, then a line for each change. Nobody knows what is still to come, so columns are as wide as most of it.</summary>
    private sealed class ChangeText(CommandContext context)
    {
        private static readonly int[] Widths = [9, 8, SessionId.TextLength, 10, 14, 6, 7, 24];

        private readonly SessionList list = new();
        private bool isWhole;
        private string? account;

        public void Write(FeedPage page)
        {
            if (list.Apply(page) is not { } change)
                return;
            if (!isWhole)
                Line(["TIME", "CHANGE", .. Header]);
            Lines(isWhole ? "new" : "listed", change.Added);
            Lines("changed", change.Changed);
            Lines("gone", change.Removed);
            var told = list.Me is { } me ? string.Join("; ", PermissionText.Notices(me).Prepend(PermissionText.Held(me))) : null;
            if (isWhole && told is not null && told != account)
                Line([Now, "account", told]);
            (isWhole, account) = (true, told);
        }

        private string Now => context.Host.Time.GetUtcNow().ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);

        private void Lines(string what, SessionSummary[] sessions)
        {
            foreach (var session in sessions)
                Line([Now, what, .. Row(session)]);
        }

        private void Line(string[] cells) => context.WriteLine(string.Join("  ", cells.Select((cell, column) =>
            column == cells.Length - 1 ? TextTable.Cell(cell) : TextTable.Cell(cell).PadRight(Widths[column]))));
    }
}
