using System.CommandLine;
using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Commands;

/// <summary>
/// <c>sessions watch</c> and <c>take</c>: the durable transcript, then what follows, until the session is terminated (rule I3). A client
/// watches from one computer at a time: each of the two moves them here, and who is moved away is told, and may take it back (rule D2).
/// </summary>
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
        Validators = { CheckSequence },
    };

    private static readonly Option<long?> GoOnAfter = new("--after")
    {
        Description = "Go on after this sequence. Default: with what comes from now on.",
        HelpName = "N",
        Validators = { CheckSequence },
    };

    public static void AddTo(Command sessions, CommandRunner runner)
    {
        runner.Add(sessions, "watch", "Write the transcript and go on live, until the session is terminated or Ctrl+C. With --json one entry on a line.", (context, parsed, cancellationToken) =>
            Run(context, parsed.GetRequiredValue(Session), parsed.GetValue(After), cancellationToken), Session, After);
        runner.Add(sessions, "take", "Take a session back that you watch from another computer: its window there stops, and this one goes on as watch does.", (context, parsed, cancellationToken) =>
            Run(context, parsed.GetRequiredValue(Session), parsed.GetValue(GoOnAfter), cancellationToken), Session, GoOnAfter);
    }

    /// <param name="from">The sequence after which to begin; null: the end as it is now.</param>
    private static async Task<int> Run(CommandContext context, string id, long? from, CancellationToken cancellationToken)
    {
        var details = await context.Server.Sessions.GetSessionAsync(id, cancellationToken);
        var after = from ?? details.DurableThrough;
        if (after > details.DurableThrough)
            throw new ProblemException(ProblemCodes.InvalidRequest, $"The transcript ends at {details.DurableThrough}; nothing comes after {after} yet.");
        var writing = new Writing(context, new TranscriptEnd(details)) { Position = after };
        while (true)
        {
            try
            {
                await FollowAsync(context, id, writing, cancellationToken);
                return ExitCodes.Done;
            }
            catch (ProblemException moved) when (moved.Code == ProblemCodes.JoinedElsewhere)
            {
                await writing.FinishAsync(cancellationToken);
                if (!context.Host.IsInteractive)
                    throw new ProblemException(moved.Code, $"{moved.Message} To go on here: orleanskd sessions take {id} --after {writing.Position}", moved);
                if (!context.Confirm(moved.Message + "\nTake it back?"))
                    return ExitCodes.JoinedElsewhere;
            }
        }
    }

    private static async Task FollowAsync(CommandContext context, string id, Writing writing, CancellationToken cancellationToken)
    {
        await using var follower = context.Server.NewWindow();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await foreach (var update in follower.Follow(id, writing.Position, durableOnly: true, ending.Token))
            {
                if (update is TranscriptUpdate.ConnectionChanged { State: FollowerState.Reconnecting } cut)
                    context.Say($"connection lost: {cut.Reason} Trying again.");
                if (update is TranscriptUpdate.Page { Value: var page })
                    await writing.AppendAsync(page, cancellationToken);
                if (writing.IsAtEnd)
                    break;
                if (writing.IsTerminated)
                    ending.CancelAfter(DebuggerEnd);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.Say("the session is terminated; its agent has not told yet how the debugger ended.");
        }
        await writing.FinishAsync(cancellationToken);
    }

    private static void CheckSequence(System.CommandLine.Parsing.OptionResult result)
    {
        if (result.Tokens is [{ Value: var text }] && !(long.TryParse(text, out var sequence) && sequence >= 0))
            result.AddError($"'{text}' is not a sequence: 0, 1, 2, …");
    }

    /// <summary>What was written of the transcript, and how far.</summary>
    private sealed class Writing(CommandContext context, TranscriptEnd end)
    {
        private readonly StringBuilder piece = new();
        private readonly TranscriptText text = new();

        public long Position { get; set; }

        public bool IsTerminated => end.IsTerminated;

        public bool IsAtEnd => end.IsReached(Position);

        public async Task AppendAsync(TranscriptPage page, CancellationToken cancellationToken)
        {
            foreach (var entry in page.Entries)
            {
                end.Apply(entry);
                Position = entry.Sequence;
                if (context.IsJson)
                    context.WriteJson(entry);
                else
                    text.Append(entry, piece);
            }
            await WriteAsync(cancellationToken);
        }

        /// <summary>Lets out what waited for a continuation.</summary>
        public async Task FinishAsync(CancellationToken cancellationToken)
        {
            text.Finish(piece);
            await WriteAsync(cancellationToken);
        }

        private async Task WriteAsync(CancellationToken cancellationToken)
        {
            await context.Host.Out.WriteAsync(piece, cancellationToken);
            await context.Host.Out.FlushAsync(cancellationToken);
            piece.Clear();
        }
    }
}
