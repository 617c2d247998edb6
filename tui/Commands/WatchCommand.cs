using System.CommandLine;
using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions watch</c>: the durable transcript, then what follows, until the session is terminated (rule I3).</summary>
internal static class WatchCommand
{
    /// <summary>
    /// After a termination the debugger leaves its target, which may take a few steps of 5 seconds; its last output belongs to
    /// the transcript. An agent that is gone tells it when it is back: nobody waits for that.
    /// </summary>
    private static readonly TimeSpan DebuggerEnd = TimeSpan.FromSeconds(20);

    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Option<long> After = new("--after")
    {
        Description = "Begin after this sequence. Default: 0, the beginning.",
        HelpName = "N",
        Validators =
        {
            result =>
            {
                if (result.Tokens is [{ Value: var text }] && !(long.TryParse(text, out var sequence) && sequence >= 0))
                    result.AddError($"'{text}' is not a sequence: 0, 1, 2, …");
            },
        },
    };

    public static void AddTo(Command sessions, CommandRunner runner) => runner.Add(
        sessions, "watch", "Write the transcript and go on live, until the session is terminated or Ctrl+C. With --json one entry on a line.", Run, Session, After);

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Session);
        var details = await context.Server.Sessions.GetSessionAsync(id, cancellationToken);
        var after = parsed.GetValue(After);
        if (after > details.DurableThrough)
            throw new ProblemException(ProblemCodes.InvalidRequest, $"The transcript ends at {details.DurableThrough}; nothing comes after {after} yet.");
        await using var follower = context.Server.NewWindow();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var text = new TranscriptText();
        var piece = new StringBuilder();
        var end = new TranscriptEnd(details);
        var position = after;
        try
        {
            await foreach (var update in follower.Follow(id, after, durableOnly: true, ending.Token))
            {
                if (update is TranscriptUpdate.ConnectionChanged { State: FollowerState.Reconnecting } cut)
                    context.Say($"connection lost: {cut.Reason} Trying again.");
                if (update is TranscriptUpdate.Page { Value: var page })
                {
                    foreach (var entry in page.Entries)
                    {
                        end.Apply(entry);
                        position = entry.Sequence;
                        if (context.IsJson)
                            context.WriteJson(entry);
                        else
                            text.Append(entry, piece);
                    }
                    await Write(context, piece, cancellationToken);
                    if (end.IsReached(position))
                        break;
                }
                else if (end.IsReached(position))
                {
                    break;
                }
                if (end.IsTerminated)
                    ending.CancelAfter(DebuggerEnd);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.Say("the session is terminated; its agent has not told yet how the debugger ended.");
        }
        text.Finish(piece);
        await Write(context, piece, cancellationToken);
        return ExitCodes.Done;
    }

    private static async Task Write(CommandContext context, StringBuilder piece, CancellationToken cancellationToken)
    {
        await context.Host.Out.WriteAsync(piece, cancellationToken);
        await context.Host.Out.FlushAsync(cancellationToken);
        piece.Clear();
    }
}
