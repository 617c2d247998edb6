namespace OrleansKd.Tui.Model;

/// <summary>The commands that this user entered in this window, newest last, with prefix search. Not thread-safe.</summary>
internal sealed class CommandHistory
{
    /// <summary>More than anybody goes back by hand.</summary>
    public const int Length = 1_000;

    private static readonly string[] Repeatable = ["p", "t", "u", "n", "s", "ni", "si", "x", "list"];
    private readonly List<string> commands = [];
    private int position;
    private string prefix = "";

    /// <summary>The user's last command when Enter on an empty line may repeat it: stepping and paging (rule E6).</summary>
    public string? ToRepeat => commands.Count > 0 && MayRepeat(commands[^1]) ? commands[^1] : null;

    public void Add(string command)
    {
        if (commands.Count == 0 || commands[^1] != command)
            commands.Add(command);
        if (commands.Count > Length)
            commands.RemoveAt(0);
        Reset();
    }

    /// <summary>Forgets where the search was: the line was edited.</summary>
    public void Reset() => (position, prefix) = (commands.Count, "");

    /// <summary>The next older command that begins with what was typed; null when there is none.</summary>
    public string? Older(string typed)
    {
        if (position >= commands.Count)
            (position, prefix) = (commands.Count, typed);
        var found = position == 0 ? -1 : commands.FindLastIndex(position - 1, position, command => command.StartsWith(prefix, StringComparison.Ordinal));
        if (found < 0)
            return null;
        position = found;
        return commands[found];
    }

    /// <summary>The next newer one; at the end what was typed before the search; null when no search is on.</summary>
    public string? Newer()
    {
        if (position >= commands.Count)
            return null;
        var found = commands.FindIndex(position + 1, command => command.StartsWith(prefix, StringComparison.Ordinal));
        position = found < 0 ? commands.Count : found;
        return found < 0 ? prefix : commands[found];
    }

    private static bool MayRepeat(string command)
    {
        var word = command.Split(' ', 2)[0];
        return Repeatable.Contains(word) || word.StartsWith('d');
    }
}
