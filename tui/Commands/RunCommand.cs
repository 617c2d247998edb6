using System.CommandLine;
using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions run</c>: enters one command and writes its output until the prompt is back.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Argument<string> Line = new("COMMAND") { Description = "The command, one line." };
    private static readonly Option<bool> Wait = new("--wait") { Description = "When the command lets the target run, wait until the prompt is back." };

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask before a command that may end the debugger." };

    public static void AddTo(Command sessions, CommandRunner runner) => runner.Add(
        sessions, "run", "Enter a command and write its output. Ends when the prompt is back, or (without --wait) when the target runs.", Run, Session, Line, Wait, Yes);

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Session);
        var details = await context.Server.Sessions.GetSessionAsync(id, cancellationToken);
        if (CommandGrammar.For(details.DebuggerKind).QuitWordIn(parsed.GetRequiredValue(Line)) is { } word && !parsed.GetValue(Yes)
            && !context.Confirm($"'{word}' may end the debugger, and with it '{details.Summary.Name}', for everybody. Send it?"))
            return ExitCodes.Cancelled;
        var entered = await context.Server.Sessions.EnterCommandAsync(id, parsed.GetRequiredValue(Line), cancellationToken);
        var output = new CommandOutput(entered, details.Prompt, parsed.GetValue(Wait));
        await using var follower = context.Server.NewFollower();
        // From before the command, so that nothing of it can be missed.
        var after = Math.Min(details.DurableThrough, entered.Sequence - 1);
        await foreach (var update in follower.Follow(id, after, durableOnly: true, cancellationToken))
        {
            if (update is TranscriptUpdate.ConnectionChanged { State: FollowerState.Reconnecting } cut)
                context.Say($"connection lost: {cut.Reason} Trying again.");
            if (update is not TranscriptUpdate.Page { Value: var page })
                continue;
            foreach (var entry in page.Entries)
            {
                var end = output.Take(entry);
                if (context.IsJson && output.IsOfCommand)
                    context.WriteJson(entry);
                if (end is not { } ending)
                    continue;
                await Write(context, output.Drain(isEnd: true), cancellationToken);
                if (ending.Message is not null)
                    context.Say(ending.Message);
                return ending.ExitCode;
            }
            await Write(context, output.Drain(isEnd: false), cancellationToken);
        }
        return ExitCodes.Failed;
    }

    private static async Task Write(CommandContext context, string text, CancellationToken cancellationToken)
    {
        if (!context.IsJson)
            await context.Host.Out.WriteAsync(text.AsMemory(), cancellationToken);
        await context.Host.Out.FlushAsync(cancellationToken);
    }
}

/// <summary>
/// Picks one command's output from the transcript, and knows how the command ended. What the debugger prints after the
/// command's last line is its prompt: that is held back and left out.
/// </summary>
internal sealed class CommandOutput(EnterCommandResponse entered, string prompt, bool waits)
{
    /// <summary>Characters of an unfinished line that may turn out to be the prompt.</summary>
    private const int PromptLength = 256;

    private readonly TranscriptText text = new();
    private readonly StringBuilder pending = new();
    private string prompt = prompt;
    private bool hasStarted;
    private bool isPromptBack;

    /// <summary>The entry taken last belongs to the command.</summary>
    public bool IsOfCommand { get; private set; }

    /// <summary>Non-null when this entry ends the wait.</summary>
    public Ending? Take(TranscriptEntry entry)
    {
        var isOwn = entry.CommandId == entered.CommandId;
        IsOfCommand = isOwn || hasStarted;
        switch (entry.Kind)
        {
            case TranscriptEntryKind.CommandStarted when isOwn:
                hasStarted = true;
                return null;
            case TranscriptEntryKind.CommandCompleted when isOwn:
                isPromptBack = true;
                prompt = entry.Text ?? prompt;
                return new Ending(ExitCodes.Done, null);
            case TranscriptEntryKind.CommandCancelled when isOwn:
                return new Ending(ExitCodes.Cancelled, $"The command was cancelled and did not run{(entry.Text is null ? "." : ": " + entry.Text)}");
            case TranscriptEntryKind.RunExited when entry.Sequence > entered.Sequence:
                return new Ending(ExitCodes.DebuggerExited, EntryText.LineFor(entry, null) + ".");
            case TranscriptEntryKind.SessionTerminated or TranscriptEntryKind.SessionClosed when entry.Sequence > entered.Sequence && !hasStarted:
                return new Ending(ExitCodes.Cancelled, EntryText.LineFor(entry, null) + ".");
            case TranscriptEntryKind.DebuggerStateChanged when entry.Debugger == DebuggerState.Ready:
                prompt = entry.Text ?? prompt;
                return null;
            case TranscriptEntryKind.DebuggerStateChanged when hasStarted && entry.Debugger == DebuggerState.Running && !waits:
                return new Ending(ExitCodes.TargetRuns, "The target runs. Break brings the prompt back (sessions break).");
            case TranscriptEntryKind.CommandEntered:
                return null;
            default:
                if (hasStarted)
                    text.Append(entry, pending);
                return null;
        }
    }

    /// <summary>The text that may be written now.</summary>
    public string Drain(bool isEnd)
    {
        if (isEnd)
            text.Finish(pending);
        var all = pending.ToString();
        var lineStart = all.LastIndexOf('\n') + 1;
        var rest = all[lineStart..];
        var isKept = rest.Length > 0 && !isEnd && rest.Length <= PromptLength;
        var isPrompt = isEnd && isPromptBack && rest.Trim() == VisibleText.From(prompt).Trim();
        pending.Clear();
        if (isKept)
            pending.Append(rest);
        return isKept || isPrompt ? all[..lineStart] : all;
    }

    public sealed record Ending(int ExitCode, string? Message);
}
