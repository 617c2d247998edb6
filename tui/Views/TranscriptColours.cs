using OrleansKd.Tui.Model.Transcripts;
using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace OrleansKd.Tui.Views;

/// <summary>How the parts of a transcript look, made of the theme's ordinary text. What a colour tells stands in words, too.</summary>
/// <param name="normal">The theme's ordinary text.</param>
internal readonly struct TranscriptColours(Attribute normal, bool hasColours)
{
    /// <summary>One for each author, to be told apart from each other on a dark and on a light ground.</summary>
    private static readonly Color[] Tints =
    [
        new(0, 135, 255), new(215, 95, 0), new(175, 95, 255), new(0, 155, 115), new(215, 65, 135), new(150, 135, 0),
    ];

    public Attribute Normal => normal;

    /// <summary>What OrleansKd says, and what stands beside the text.</summary>
    public Attribute Aside => normal with { Style = TextStyle.Faint };

    public Attribute Selected => normal with { Style = TextStyle.Reverse };

    public Attribute Hit => normal with { Style = TextStyle.Reverse | TextStyle.Bold };

    public Attribute Text(TranscriptLine line) => line.Kind switch
    {
        TranscriptLineKind.Command => normal with { Style = TextStyle.Bold },
        _ => normal,
    };

    /// <summary>From the line's mark on: an author, a note, or what OrleansKd says.</summary>
    public Attribute Mark(TranscriptLine line) => line.Tint is 0 ? Aside : !hasColours ? normal : normal with { Foreground = Tints[line.Tint - 1] };
}
