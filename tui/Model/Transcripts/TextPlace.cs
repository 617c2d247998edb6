
namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>A place in a transcript: before the character <paramref name="Character"/> of a line.</summary>
internal readonly record struct TextPlace(int Line, int Character) : IComparable<TextPlace>
{
    public int CompareTo(TextPlace other) => Line == other.Line ? Character.CompareTo(other.Character) : Line.CompareTo(other.Line);
}
