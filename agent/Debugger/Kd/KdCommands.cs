using System.Collections.Frozen;

namespace OrleansKd.Agent.Debugger.Kd;

/// <summary>What the agent has to know about a line for kd before it writes it.</summary>
internal static class KdCommands
{
    private static readonly FrozenSet<string> Input = new[] { "a", "e", "ea", "eb", "ed", "eD", "ef", "ep", "eq", "eu", "ew", "eza", "ezu" }.ToFrozenSet(StringComparer.Ordinal);

    public static bool Resumes(string line) => line.Split(';').Any(part => part.TrimStart() is { Length: > 0 } word && (word[0] is 'g' or 'p' or 't' || word.StartsWith(".reboot", StringComparison.Ordinal)));

    public static bool AsksForMore(string line)
    {
        var words = line.Split(';')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length is 1 or 2 && Input.Contains(words[0]);
    }
}
