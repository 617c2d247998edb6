using System.CommandLine;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model.Transcripts;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions export</c>: the durable transcript up to its end at the time of the call (rule G4).</summary>
internal static class ExportCommand
{
    private static readonly (string Name, ExportFormat Format)[] Formats =
        [("text", ExportFormat.Text), ("jsonl", ExportFormat.JsonLines), ("raw", ExportFormat.Raw), ("asciicast", ExportFormat.Asciicast)];

    private static readonly Argument<string> Session = CommandLine.SessionArgument();
    private static readonly Option<string> Format = new Option<string>("--format")
    {
        Description = "text (default), jsonl (one entry on a line), raw (the debugger's bytes), asciicast (a recording for terminal players, version 2).",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => Formats[0].Name,
    }.AcceptOnlyFromAmong([.. Formats.Select(format => format.Name)]);

    private static readonly Option<string?> OutputFile = new("--output", "-o") { Description = "File to write instead of standard output; it appears when it is complete.", HelpName = "FILE" };

    public static void AddTo(Command sessions, CommandRunner runner) =>
        runner.Add(sessions, "export", "Write the transcript as it is now.", Run, Session, Format, OutputFile);

    private static async Task<int> Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Session);
        var format = context.IsJson ? ExportFormat.JsonLines : Formats.Single(known => known.Name == parsed.GetValue(Format)).Format;
        if (parsed.GetValue(OutputFile) is { } path)
            await TranscriptExport.ToFileAsync(context.Server.Sessions, id, format, path, progress: null, cancellationToken);
        else if (format is ExportFormat.Raw && context.Host.IsOutputTerminal)
            throw new ProblemException(ProblemCodes.InvalidRequest, "Raw output could drive this terminal. Write it to a file with -o FILE.");
        else
            await TranscriptExport.ToAsync(context.Server.Sessions, id, format, context.Host.RawOut, progress: null, cancellationToken);
        return ExitCodes.Done;
    }
}
