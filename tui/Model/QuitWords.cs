namespace OrleansKd.Tui.Model;

/// <summary>Whether a line may end the debugger (rule F5), so that the window asks before it sends it.</summary>
internal static class QuitWords
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "q", "qq", "qd", "qqd", ".detach", ".remote_exit", "^b", "quit", "exit",
    };

    /// <summary>A quit word at the beginning of the line or of a part of it; not in a string, and not as an argument.</summary>
    public static bool AreIn(string line) => Parts(line).Any(part => Words.Contains(part.TrimStart().Split([' ', '\t'], 2)[0].TrimEnd()));

    private static IEnumerable<string> Parts(string line)
    {
        var (start, isInString) = (0, false);
        for (var index = 0; index < line.Length; index++)
        {
            if (line[index] == '"')
                isInString = !isInString;
            if (line[index] != ';' || isInString)
                continue;
            yield return line[start..index];
            start = index + 1;
        }
        yield return line[start..];
    }
}
