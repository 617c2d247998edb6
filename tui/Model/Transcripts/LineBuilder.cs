using System.Buffers;
using System.Text;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>
/// Makes lines of a transcript's entries. A lone carriage return or a backspace goes back in the line, and what comes next
/// replaces what stood there, as on a terminal (rule G5). Can be copied at any entry, to go on from there twice.
/// </summary>
internal sealed class LineBuilder
{
    /// <summary>Characters of a line; what is longer goes on in the next one, so that one endless line can't stall drawing.</summary>
    public const int LineCharacters = 4_096;

    private const int TabColumns = 8;
    private static readonly SearchValues<char> Layout = SearchValues.Create("\n\r\b\t");
    private readonly Utf8Text decoder;
    private readonly EnteredCommands commands;
    private readonly StringBuilder decoded = new();
    private readonly StringBuilder line = new();
    private int cursor;
    private bool hasCarriageReturn;
    private DateTimeOffset at;
    private string prompt = "";

    public LineBuilder() => (decoder, commands) = (new Utf8Text(), new EnteredCommands());

    private LineBuilder(LineBuilder other)
    {
        (decoder, commands) = (other.decoder.Copy(), other.commands.Copy());
        line.Append(other.line);
        (cursor, hasCarriageReturn, at, prompt) = (other.cursor, other.hasCarriageReturn, other.at, other.prompt);
    }

    /// <summary>The line that has not ended; null when there is nothing on it.</summary>
    public TranscriptLine? Open => line.Length == 0 ? null : Line(TranscriptLineKind.Output, "");

    public LineBuilder Copy() => new(this);

    /// <summary>Appends the lines that end with this entry; the command that it starts or cancels.</summary>
    public EnteredCommand? Append(TranscriptEntry entry, List<TranscriptLine> lines)
    {
        at = entry.At;
        var command = commands.Take(entry);
        if (entry.Kind == TranscriptEntryKind.Output)
        {
            decoder.Append(entry.Data.Span, decoded);
            AppendDecoded(lines);
        }
        else if (entry.Kind == TranscriptEntryKind.CommandStarted && command is not null)
        {
            Finish(lines);
            lines.Add(Line(TranscriptLineKind.Command, EntryText.Safe(command.Text), $"    {LineMarker.Text}{EntryText.CommandAuthor(command)}") with { Tint = AuthorTint.Of(command.Author) });
            EndLine();
        }
        else if (EntryText.LineFor(entry, command) is { } notice)
        {
            Finish(lines);
            // A prompt stays where the next command comes; what is said meanwhile stands above it.
            var isAtPrompt = line.Length > 0 && prompt.Length > 0 && line.Equals(prompt);
            if (line.Length > 0 && !isAtPrompt)
                lines.Add(Line(TranscriptLineKind.Output, ""));
            var isNote = entry.Kind is TranscriptEntryKind.NoteAdded or TranscriptEntryKind.CommandSuggested;
            lines.Add(new TranscriptLine(LineMarker.Text + notice, isNote ? TranscriptLineKind.Note : TranscriptLineKind.Notice, 0, at) { Tint = isNote ? AuthorTint.Of(entry.Author) : (byte)0 });
            if (!isAtPrompt)
                EndLine();
        }
        else if (entry is { Kind: TranscriptEntryKind.DebuggerStateChanged, Debugger: DebuggerState.Ready, Text: { } told })
        {
            prompt = told;
        }
        return command;
    }

    private void Finish(List<TranscriptLine> lines)
    {
        decoder.Finish(decoded);
        AppendDecoded(lines);
        hasCarriageReturn = false;
    }

    private void AppendDecoded(List<TranscriptLine> lines)
    {
        var text = decoded.ToString().AsSpan();
        decoded.Clear();
        while (text.Length > 0)
        {
            var plain = text.IndexOfAny(Layout);
            var count = plain < 0 ? text.Length : plain;
            if (count > 0)
            {
                Put(text[..count], lines);
                text = text[count..];
                continue;
            }
            Control(text[0], lines);
            text = text[1..];
        }
    }

    private void Control(char control, List<TranscriptLine> lines)
    {
        if (control == '\n')
        {
            lines.Add(Line(TranscriptLineKind.Output, ""));
            EndLine();
            return;
        }
        if (control == '\r')
        {
            hasCarriageReturn = true;
            return;
        }
        GoBack();
        if (control == '\b')
            cursor = Math.Max(0, cursor - 1);
        else
            Put("        ".AsSpan(0, TabColumns - (cursor % TabColumns)), lines);
    }

    /// <summary>Writes at the cursor, over what is there.</summary>
    private void Put(ReadOnlySpan<char> text, List<TranscriptLine> lines)
    {
        GoBack();
        while (text.Length > 0)
        {
            if (cursor == LineCharacters)
            {
                lines.Add(Line(TranscriptLineKind.Output, ""));
                EndLine();
            }
            var count = Math.Min(text.Length, LineCharacters - cursor);
            var over = Math.Min(count, line.Length - cursor);
            for (var index = 0; index < over; index++)
                line[cursor + index] = text[index];
            line.Append(text[over..count]);
            cursor += count;
            text = text[count..];
        }
    }

    private void GoBack()
    {
        if (hasCarriageReturn)
            (cursor, hasCarriageReturn) = (0, false);
    }

    private void EndLine()
    {
        line.Clear();
        (cursor, hasCarriageReturn) = (0, false);
    }

    private TranscriptLine Line(TranscriptLineKind kind, string command, string author = "")
    {
        var text = EntryText.Safe(line.ToString()) + command;
        return new TranscriptLine(text + author, kind, author.Length == 0 ? -1 : text.Length, at);
    }
}
