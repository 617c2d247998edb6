
namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>One line as it is drawn: visible text, tabs expanded.</summary>
/// <param name="MarkAt">From here on the text is OrleansKd's own (a notice, a command's author); -1: none of it is.</param>
/// <param name="At">When its last entry was taken, UTC.</param>
internal readonly record struct TranscriptLine(string Text, TranscriptLineKind Kind, int MarkAt, DateTimeOffset At)
{
    /// <summary>Which of the authors' colours it has: 1 to <see cref="AuthorTint.Count"/>; 0: none.</summary>
    public byte Tint { get; init; }
}

internal enum TranscriptLineKind : byte
{
    Output,

    /// <summary>A prompt with the command that started there, and its author.</summary>
    Command,

    /// <summary>Something that OrleansKd says.</summary>
    Notice,

    /// <summary>What somebody says to the others: a note, a suggestion.</summary>
    Note,
}
