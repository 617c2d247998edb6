using System.Text;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>
/// A transcript as text, for files, pipes and terminals without a screen of ours. The text depends on the entries only: not
/// on how they came in pages, nor on when. Output is as the debugger printed it, as visible text (rule G5) with CRLF as LF;
/// what OrleansKd says stands on lines of its own behind <see cref="LineMarker.Text"/>, and behind a started command.
/// </summary>
internal sealed class TranscriptText
{
    private readonly Utf8Text decoder = new();
    private readonly LineMarker marker = new();
    private readonly EnteredCommands commands = new();
    private readonly StringBuilder decoded = new();
    private bool hasCarriageReturn;

    /// <summary>Appends what the entry adds to the text.</summary>
    public void Append(TranscriptEntry entry, StringBuilder text)
    {
        var command = commands.Take(entry);
        if (entry.Kind == TranscriptEntryKind.Output)
        {
            decoder.Append(entry.Data.Span, decoded);
            AppendDecoded(text);
        }
        else if (entry.Kind == TranscriptEntryKind.CommandStarted && command is not null)
        {
            Finish(text);
            EndLine(text, EntryText.CommandLine(command));
        }
        else if (EntryText.LineFor(entry, command) is { } line)
        {
            Finish(text);
            if (!marker.IsAtLineStart)
                text.Append('\n');
            EndLine(text, LineMarker.Text + line);
        }
    }

    /// <summary>Lets out what waited for a continuation: a split code point, a carriage return, dashes.</summary>
    public void Finish(StringBuilder text)
    {
        decoder.Finish(decoded);
        AppendDecoded(text);
        if (hasCarriageReturn)
        {
            hasCarriageReturn = false;
            marker.Append(VisibleText.From("\r"), text);
        }
        marker.Flush(text);
    }

    private void EndLine(StringBuilder text, string line)
    {
        text.Append(line).Append('\n');
        marker.LineEnded();
    }

    private void AppendDecoded(StringBuilder text)
    {
        if (decoded.Length == 0)
            return;
        if (hasCarriageReturn)
            decoded.Insert(0, '\r');
        hasCarriageReturn = decoded[^1] == '\r';
        if (hasCarriageReturn)
            decoded.Length--;
        decoded.Replace("\r\n", "\n");
        marker.Append(VisibleText.From(decoded.ToString()), text);
        decoded.Clear();
    }
}
