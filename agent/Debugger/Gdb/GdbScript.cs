namespace OrleansKd.Agent.Debugger.Gdb;

/// <summary>The shape of a file of gdb commands.</summary>
internal static class GdbScript
{
    /// <summary>The first word of a line and what follows it.</summary>
    public static (string Word, string Argument) Cut(string line)
    {
        var text = line.Trim();
        var end = text.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 ? (text, "") : (text[..end], text[end..].Trim());
    }

    /// <summary>
    /// The lines that run when the file is read; not those that only become part of a definition or a breakpoint, nor other
    /// languages. What stands in <c>if</c> and <c>while</c> counts as run.
    /// </summary>
    public static IEnumerable<string> TopLevel(IEnumerable<string> lines)
    {
        var open = new Stack<Body>();
        foreach (var line in lines)
        {
            var (word, rest) = Cut(line);
            if (word == "end" && rest.Length == 0)
                open.TryPop(out _);
            else if (open.TryPeek(out var body) && body == Body.Foreign)
                continue;
            else if (BodyOf(word, rest) is { } opened && (opened != Body.Block || open.Count > 0))
                open.Push(opened);
            else if (open.Count == 0)
                yield return line;
        }
    }

    private enum Body
    {
        /// <summary>Ends at its own <c>end</c>; only matters inside a body.</summary>
        Block,

        Commands,

        /// <summary>Another language: ends at the first line <c>end</c>.</summary>
        Foreign,
    }

    private static Body? BodyOf(string word, string rest) => word switch
    {
        "if" or "while" => Body.Block,
        "define" or "commands" => Body.Commands,
        "document" => Body.Foreign,
        // With a rest, such as "python print(1)", the line is whole.
        "python" or "py" or "guile" or "gu" when rest.Length == 0 => Body.Foreign,
        _ => null,
    };
}
