using System.Collections.Frozen;

namespace OrleansKd.Agent.Debugger.Gdb;

/// <summary>gdb's words, for a gdb without Python, which can't tell by itself that its target runs.</summary>
internal static class GdbCommands
{
    private static readonly FrozenSet<string> Resuming = new[]
    {
        "run", "r", "start", "starti", "continue", "c", "cont", "fg", "next", "n", "nexti", "ni", "step", "s", "stepi", "si",
        "until", "u", "advance", "finish", "fin", "jump", "j", "signal", "reverse-continue", "rc", "reverse-next", "rn",
        "reverse-step", "rs", "reverse-stepi", "rsi", "reverse-nexti", "rni", "reverse-finish",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a command lets the target run, by its first word.</summary>
    public static bool Resumes(string command)
    {
        var word = command.AsSpan().TrimStart();
        var end = word.IndexOfAny(" \t/&");
        return Resuming.Contains((end < 0 ? word : word[..end]).ToString());
    }
}
