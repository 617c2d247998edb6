
namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>One row of the screen: the characters <paramref name="Start"/> to <paramref name="End"/> of a line.</summary>
/// <param name="Index">Of the line in the transcript.</param>
/// <param name="Fold">What stands before a command's line.</param>
/// <param name="Hidden">Lines that are folded away behind it.</param>
internal readonly record struct ScreenRow(int Index, TranscriptLine Line, int Start, int End, FoldMark Fold, int Hidden)
{
    public bool IsFirst => Start == 0;

    public bool IsLast => End == Line.Text.Length;
}

internal enum FoldMark
{
    None,
    Open,
    Folded,
}
