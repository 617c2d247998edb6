using System.CommandLine;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions close</c>, <c>reopen</c>, <c>terminate</c>, <c>delete</c>, <c>set</c> (rule F).</summary>
internal static class LifecycleCommands
{
    private const string LetRun = "let-run";
    private const string LeaveStopped = "leave-stopped";
    private const string Allowed = "yes";
    private const string Forbidden = "no";

    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask." };
    private static readonly Option<string?> CloseTarget = TargetOption(
        $"What becomes of a stopped target: {LetRun} lets it run first, {LeaveStopped} leaves it as it is (default; a person is asked).");

    private static readonly Option<string?> TerminateTarget = TargetOption(
        $"What becomes of the target: {LetRun} (default for a direct session: it harms no target) or {LeaveStopped}. Through a server the default is to leave it as it is. A person is asked when it is stopped.");

    private static readonly Option<string?> Computer = new("--computer") { Description = "Start the debugger on this other computer of yours.", HelpName = "NAME" };
    private static readonly Option<string?> Debugger = new("--debugger") { Description = "Full path of the debugger there. Default: as before.", HelpName = "PATH" };
    private static readonly Option<string?> Arguments = new("--arguments") { Description = "The debugger's arguments, as one text. Default: as before; a password has to be given again on another computer.", HelpName = "TEXT" };

    private static readonly Option<string> ClientsMayReopen = new Option<string>("--clients-may-reopen")
    {
        Description = "Whether invited clients may re-open the session when it is closed.",
        HelpName = $"{Allowed}|{Forbidden}",
        Required = true,
    }.AcceptOnlyFromAmong(Allowed, Forbidden);

    public static void AddTo(Command sessions, CommandRunner runner)
    {
        runner.Add(sessions, "close", "Close a session; it can be re-opened. Through a server the debugger leaves and the server goes on; a direct debugger stays.", Close, Session, CloseTarget, Yes);
        runner.Add(sessions, "reopen", "Re-open a closed session. Through a server its debugger is started again, by the host also elsewhere.", (context, parsed, cancellationToken) =>
            Change(context, parsed, "active", id => context.Server.ReopenAsync(
                id, new ReopenSessionRequest(parsed.GetValue(Computer), parsed.GetValue(Debugger), parsed.GetValue(Arguments)), here => context.Say($"starting the agent on {here}"), cancellationToken)), Session, Computer, Debugger, Arguments);
        runner.Add(sessions, "terminate", "Terminate a session for good. A server stays active; the target of a direct session is let run unless you say otherwise.", Terminate, Session, TerminateTarget, Yes);
        runner.Add(sessions, "delete", "Delete a terminated session of yours with its transcript, for everybody and for ever. Without it that happens by itself, 90 days after termination unless the server says otherwise.", Delete, Session, Yes);
        runner.Add(sessions, "set", "Change what a session allows.", async (context, parsed, cancellationToken) =>
        {
            var id = parsed.GetRequiredValue(Session);
            var clientsMayReopen = parsed.GetValue(ClientsMayReopen) == Allowed;
            await context.Server.Sessions.ChangeAsync(id, new ChangeSessionRequest(clientsMayReopen), cancellationToken);
            if (context.IsJson)
                context.WriteJson(new { id, clientsMayReopen });
            return ExitCodes.Done;
        }, Session, ClientsMayReopen);
    }

    private static async Task<int> Close(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Session);
        var target = FateOf(parsed.GetValue(CloseTarget));
        if (target is null && (await context.Server.Sessions.GetSessionAsync(id, cancellationToken)).Summary is { State: SessionState.Active, TargetIsStopped: true } session)
        {
            if (!context.Host.IsInteractive || parsed.GetValue(Yes))
                context.Say($"The target is stopped and stays so; '--target {LetRun}' lets it run first.");
            else if (Ask(context, $"Close '{session.Name}'? Its target is STOPPED.") is { } chosen)
                target = chosen;
            else
                return ExitCodes.Cancelled;
        }
        return await Change(context, parsed, "closed", _ => context.Server.Sessions.CloseAsync(id, target, cancellationToken));
    }

    private static async Task<int> Terminate(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Session);
        var target = FateOf(parsed.GetValue(TerminateTarget));
        var session = await context.Server.Sessions.GetSessionAsync(id, cancellationToken);
        var isAsked = context.Host.IsInteractive && !parsed.GetValue(Yes);
        if (isAsked && target is null && session.Summary is { TargetIsStopped: true, Debugger: not DebuggerState.Exited })
        {
            target = Ask(context, $"Terminate '{session.Summary.Name}' for good? Its target is STOPPED.");
            if (target is null)
                return ExitCodes.Cancelled;
        }
        else if (isAsked && !context.Confirm(Question(session, target)))
        {
            return ExitCodes.Cancelled;
        }
        if (target is null && !session.ThroughServer)
            target = TargetFate.LetRun;
        return await Change(context, parsed, "terminated", _ => context.Server.Sessions.TerminateAsync(id, target, cancellationToken));
    }

    /// <summary>What nobody can bring back needs a word from a script, too.</summary>
    private static async Task<int> Delete(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Session);
        if (!parsed.GetValue(Yes))
        {
            var session = (await context.Server.Sessions.GetSessionAsync(id, cancellationToken)).Summary;
            if (!context.Host.IsInteractive)
            {
                context.Host.Error.WriteLine($"orleanskd: Deleting '{VisibleText.From(session.Name)}' can't be undone, and nobody can be asked here. Give --yes to delete it.");
                return ExitCodes.Usage;
            }
            if (!context.Confirm($"Delete '{session.Name}' with its whole transcript, for you and its clients, for ever?"))
                return ExitCodes.Cancelled;
        }
        return await Change(context, parsed, "deleted", _ => context.Server.Sessions.DeleteAsync(id, cancellationToken));
    }

    /// <summary>Null: the person wants nothing of it.</summary>
    private static TargetFate? Ask(CommandContext context, string question) => context.Choose($"{question} r: let it run first, s: leave it stopped", "r", "s") switch
    {
        "r" => TargetFate.LetRun,
        "s" => TargetFate.LeaveStopped,
        _ => null,
    };

    private static string Question(SessionDetails session, TargetFate? target)
    {
        var fate = target ?? (session.ThroughServer ? null : TargetFate.LetRun);
        var consequence = fate switch
        {
            null => "The server and its target go on.",
            TargetFate.LetRun => "Its target is let run.",
            _ => "Its target is LEFT STOPPED.",
        };
        return $"Terminate '{session.Summary.Name}' for good? {consequence}";
    }

    private static async Task<int> Change(CommandContext context, ParseResult parsed, string state, Func<string, Task> change)
    {
        var id = parsed.GetRequiredValue(Session);
        await change(id);
        if (context.IsJson)
            context.WriteJson(new { id, state });
        return ExitCodes.Done;
    }

    private static Option<string?> TargetOption(string description) =>
        new Option<string?>("--target") { Description = description, HelpName = $"{LetRun}|{LeaveStopped}" }.AcceptOnlyFromAmong(LetRun, LeaveStopped);

    private static TargetFate? FateOf(string? target) => target switch
    {
        LetRun => TargetFate.LetRun,
        LeaveStopped => TargetFate.LeaveStopped,
        _ => null,
    };
}
