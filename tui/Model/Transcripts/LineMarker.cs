using System.Text;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>
/// The mark of what OrleansKd itself says in a transcript's text: <c>── </c> at the beginning of a line or after white space.
/// Text from elsewhere that has it there shows <c>‹U+2500›─ </c> instead, so nothing that a debugger prints or a person
/// types can pass for it. Works on text that comes in pieces: up to two dashes wait for what follows them.
/// </summary>
internal sealed class LineMarker
{
    public const string Text = "── ";

    private const char Dash = '─';
    private bool isAfterSpace = true;
    private int waitingDashes;

    /// <summary>What was appended so far ends where a line begins.</summary>
    public bool IsAtLineStart { get; private set; } = true;

    /// <summary>Appends text from elsewhere, already visible, to <paramref name="result"/>.</summary>
    public void Append(string text, StringBuilder result)
    {
        foreach (var c in text)
        {
            if (c == Dash && (waitingDashes == 1 || (waitingDashes == 0 && isAfterSpace)))
            {
                waitingDashes++;
                continue;
            }
            if (waitingDashes == 2 && c == ' ')
            {
                waitingDashes = 0;
                result.Append("‹U+2500›").Append(Dash);
            }
            Flush(result);
            result.Append(c);
            isAfterSpace = char.IsWhiteSpace(c);
            IsAtLineStart = c == '\n';
        }
    }

    /// <summary>Lets out dashes that waited; what follows is ours.</summary>
    public void Flush(StringBuilder result)
    {
        if (waitingDashes == 0)
            return;
        result.Append(Dash, waitingDashes);
        (waitingDashes, isAfterSpace, IsAtLineStart) = (0, false, false);
    }

    /// <summary>A line of ours ended.</summary>
    public void LineEnded() => (waitingDashes, isAfterSpace, IsAtLineStart) = (0, true, true);

    /// <summary>One piece of text from elsewhere inside a line of ours: visible, on one line, without the mark.</summary>
    public static string Escape(string text)
    {
        text = Contracts.VisibleText.From(text);
        if (text.AsSpan().IndexOfAny(Dash, '\n') < 0)
            return text;
        var result = new StringBuilder(text.Length);
        var marker = new LineMarker();
        marker.Append(text.Replace('\n', '␊'), result);
        marker.Flush(result);
        return result.ToString();
    }
}
