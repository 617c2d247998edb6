using System.CommandLine;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions close</c>, <c>reopen</c>, <c>terminate</c> (rule F).</summary>
internal static class LifecycleCommands
{
    private const string LetRun = "let-run";
    private const string LeaveStopped = "leave-stopped";

    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask." };
    private static readonly Option<string> Target = new Option<string>("--target")
    {
        Description = $"What becomes of the target of a direct session: {LetRun} (default: it harms no target) or {LeaveStopped}.",
        HelpName = $"{LetRun}|{LeaveStopped}",
        DefaultValueFactory = _ => LetRun,
    }.AcceptOnlyFromAmong(LetRun, LeaveStopped);

    public static void AddTo(Command sessions, CommandRunner runner)
    {
        runner.Add(sessions, "close", "Close a session; it can be re-opened.", (context, parsed, cancellationToken) =>
            Change(context, parsed, "closed", id => context.Server.Sessions.CloseAsync(id, cancellationToken)), Session);
        runner.Add(sessions, "reopen", "Re-open a closed session.", (context, parsed, cancellationToken) =>
            Change(context, parsed, "active", id => context.Server.Sessions.ReopenAsync(id, cancellationToken)), Session);
        runner.Add(sessions, "terminate", "Terminate a session for good. A KD server stays active; the target of a direct session is let run unless you say otherwise.", Terminate, Session, Target, Yes);
    }

    private static async Task<int> Terminate(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Session);
        var fate = parsed.GetValue(Target) == LeaveStopped ? TargetFate.LeaveStopped : TargetFate.LetRun;
        if (context.Host.IsInteractive && !parsed.GetValue(Yes))
        {
            var details = await context.Server.Sessions.GetSessionAsync(id, cancellationToken);
            if (!context.Confirm(Question(details, fate)))
                return ExitCodes.Cancelled;
        }
        return await Change(context, parsed, "terminated", _ => context.Server.Sessions.TerminateAsync(id, fate, cancellationToken));
    }

    private static string Question(SessionDetails session, TargetFate fate)
    {
        var target = session.ThroughServer
            ? "The KD server and its target go on."
            : fate == TargetFate.LetRun ? "Its target is let run." : "Its target is LEFT STOPPED.";
        return $"Terminate '{session.Summary.Name}' for good? {target}";
    }

    private static async Task<int> Change(CommandContext context, ParseResult parsed, string state, Func<string, Task> change)
    {
        var id = parsed.GetRequiredValue(Session);
        await change(id);
        if (context.IsJson)
            context.WriteJson(new { id, state });
        return ExitCodes.Done;
    }
}
