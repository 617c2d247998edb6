using System.CommandLine;
using System.Text;
using System.Text.Json;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions export</c>: the durable transcript up to its end at the time of the call (rule G4).</summary>
internal static class ExportCommand
{
    private const string Text = "text";
    private const string JsonLines = "jsonl";
    private const string Raw = "raw";

    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Option<string> Format = new Option<string>("--format")
    {
        Description = "text (default), jsonl (one entry on a line), raw (the debugger's bytes).",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => Text,
    }.AcceptOnlyFromAmong(Text, JsonLines, Raw);

    private static readonly Option<string?> OutputFile = new("--output", "-o") { Description = "File to write instead of standard output; it appears when it is complete.", HelpName = "FILE" };

    public static void AddTo(Command sessions, CommandRunner runner) =>
        runner.Add(sessions, "export", "Write the transcript as it is now.", Run, Session, Format, OutputFile);

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Session);
        var format = context.IsJson ? JsonLines : parsed.GetValue(Format)!;
        if (parsed.GetValue(OutputFile) is not { } path)
        {
            if (format == Raw && context.Host.IsOutputTerminal)
                throw new ProblemException(ProblemCodes.InvalidRequest, "Raw output could drive this terminal. Write it to a file with -o FILE.");
            await Write(context, id, format, context.Host.RawOut, cancellationToken);
            return ExitCodes.Done;
        }
        var draft = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            await using (var file = new FileStream(draft, FileMode.CreateNew))
                await Write(context, id, format, file, cancellationToken);
            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
        return ExitCodes.Done;
    }

    private static async Task Write(CommandContext context, string id, string format, Stream output, CancellationToken cancellationToken)
    {
        var text = new TranscriptText();
        var piece = new StringBuilder();
        await foreach (var entry in EntriesUpToNow(context.Server.Sessions, id, cancellationToken))
        {
            if (format == Text)
                text.Append(entry, piece);
            else if (format == JsonLines)
                piece.Append(JsonSerializer.Serialize(entry, WireJson.Options)).Append('\n');
            else if (entry.Kind == TranscriptEntryKind.Output)
                await output.WriteAsync(entry.Data, cancellationToken);
            await Drain(piece, output, cancellationToken);
        }
        text.Finish(piece);
        await Drain(piece, output, cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    private static async IAsyncEnumerable<TranscriptEntry> EntriesUpToNow(
        SessionsClient sessions, string id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = (await sessions.GetSessionAsync(id, cancellationToken)).DurableThrough;
        for (long after = 0; after < end;)
        {
            var page = await sessions.GetTranscriptAsync(id, after, TimeSpan.Zero, cancellationToken);
            if (page.Entries.Length == 0 || page.After != after)
                throw new ProblemException(ProblemCodes.Unavailable, $"The server gave nothing after entry {after} of {end}. Try again in a moment.");
            foreach (var entry in page.Entries.TakeWhile(entry => entry.Sequence <= end))
                yield return entry;
            after += page.Entries.Length;
        }
    }

    private static async Task Drain(StringBuilder piece, Stream output, CancellationToken cancellationToken)
    {
        if (piece.Length == 0)
            return;
        await output.WriteAsync(Encoding.UTF8.GetBytes(piece.ToString()), cancellationToken);
        piece.Clear();
    }
}
