using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>Forms in which a transcript is written (rule G4).</summary>
internal enum ExportFormat
{
    Text,
    JsonLines,

    /// <summary>The debugger's bytes as they came.</summary>
    Raw,

    /// <summary>A recording that terminal players show in its own time: visible text only, as <see cref="Text"/>.</summary>
    Asciicast,
}

/// <summary>Writes the durable transcript of a session up to its end at the time of the call.</summary>
internal static class TranscriptExport
{
    /// <summary>A terminal that a player makes for a recording; wider than most debuggers print.</summary>
    private const int RecordedColumns = 120, RecordedRows = 40;

    /// <summary>To a file that appears when it is complete, in place of one that is there.</summary>
    public static async Task ToFileAsync(SessionsClient sessions, string id, ExportFormat format, string path, IProgress<ExportProgress>? progress, CancellationToken cancellationToken)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            await using (var file = new FileStream(draft, FileMode.CreateNew))
                await ToAsync(sessions, id, format, file, progress, cancellationToken);
            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    public static async Task ToAsync(SessionsClient sessions, string id, ExportFormat format, Stream output, IProgress<ExportProgress>? progress, CancellationToken cancellationToken)
    {
        var session = await sessions.GetSessionAsync(id, cancellationToken);
        var text = new TranscriptText();
        var piece = new StringBuilder();
        var last = session.Summary.CreatedAt;
        if (format is ExportFormat.Asciicast)
            await Write(output, Header(session.Summary), cancellationToken);
        await foreach (var entry in EntriesAsync(sessions, id, session.DurableThrough, cancellationToken))
        {
            last = entry.At > last ? entry.At : last;
            if (format is ExportFormat.Raw)
                await output.WriteAsync(entry.Kind is TranscriptEntryKind.Output ? entry.Data : null, cancellationToken);
            else if (format is ExportFormat.JsonLines)
                piece.Append(JsonSerializer.Serialize(entry, WireJson.Options)).Append('\n');
            else
                text.Append(entry, piece);
            await Drain();
            progress?.Report(new(entry.Sequence, session.DurableThrough));
        }
        text.Finish(piece);
        await Drain();
        await output.FlushAsync(cancellationToken);

        async Task Drain()
        {
            if (piece.Length == 0)
                return;
            await Write(output, format is ExportFormat.Asciicast ? Event(last - session.Summary.CreatedAt, piece.ToString()) : piece.ToString(), cancellationToken);
            piece.Clear();
        }
    }

    private static string Header(SessionSummary session) => JsonSerializer.Serialize(
        new { version = 2, width = RecordedColumns, height = RecordedRows, timestamp = session.CreatedAt.ToUnixTimeSeconds(), title = VisibleText.Line(session.Name) }) + "\n";

    private static string Event(TimeSpan after, string text) =>
        JsonSerializer.Serialize(new object[] { Math.Round(after.TotalSeconds, 3), "o", text.ReplaceLineEndings("\r\n") }) + "\n";

    private static async IAsyncEnumerable<TranscriptEntry> EntriesAsync(SessionsClient sessions, string id, long end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
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

    private static async Task Write(Stream output, string text, CancellationToken cancellationToken) => await output.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
}

internal readonly record struct ExportProgress(long Written, long All);
