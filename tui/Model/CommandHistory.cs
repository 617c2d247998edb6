using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;

namespace OrleansKd.Tui.Model;

/// <summary>This user's commands, newest last, with prefix search: those of this window, behind those of earlier ones. Not thread-safe.</summary>
internal sealed class CommandHistory
{
    /// <summary>Of one window: more than anybody goes back by hand.</summary>
    private const int Length = 10_000;

    private readonly HistoryFile? file;
    private readonly List<string> commands;
    private int position;
    private string prefix = "";
    private string? last;

    /// <param name="file">Where commands are kept from one start to the next; null: nowhere.</param>
    public CommandHistory(HistoryFile? file = null)
    {
        this.file = file;
        commands = [.. file?.Read() ?? []];
        Reset();
    }

    /// <summary>This window's last command when Enter on an empty line may enter it again: stepping and paging (rule E6).</summary>
    public string? ToRepeat(string debuggerKind) => last is not null && CommandGrammar.For(debuggerKind).MayRepeat(last) ? last : null;

    /// <summary>A command with a secret is not kept on disk.</summary>
    public void Add(string command, string debuggerKind)
    {
        last = command;
        if (commands.Count == 0 || commands[^1] != command)
        {
            commands.Add(command);
            if (!SecretText.SecretsOfCommand(debuggerKind, command).Any())
                file?.Add(command);
        }
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

    /// <summary>Earlier commands that begin like this, newest first, each once.</summary>
    public IEnumerable<string> BeginningWith(string typed) =>
        Enumerable.Reverse(commands).Where(command => command.Length > typed.Length && command.StartsWith(typed, StringComparison.Ordinal)).Distinct();
}
