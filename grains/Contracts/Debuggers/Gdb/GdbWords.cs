using System.Collections.Frozen;

namespace OrleansKd.Contracts.Debuggers.Gdb;

/// <summary>gdb's commands by what they do, with the shortenings that gdb 13 takes. Names depend on upper and lower case.</summary>
internal static class GdbWords
{
    private static readonly FrozenSet<string> Resuming = Set(
        "run", "r", "start", "starti", "continue", "c", "fg", "next", "n", "nexti", "ni", "step", "s", "stepi", "si", "until", "u", "jump", "j", "ju", "rc", "rn", "rs", "rsi", "rni");

    private static readonly FrozenSet<string> Paging = Set("next", "n", "nexti", "ni", "step", "s", "stepi", "si", "x", "list", "l");

    private static readonly FrozenSet<string> Scripting = Set("python-interactive", "pi", "python", "py", "guile", "gu", "guile-repl", "gr", "shell", "!");

    public static bool Quits(GdbCommand command) => command.Name is "q" or "-gdb-exit" || command.Is("quit", 3) || command.Is("exit", 3);

    public static bool Resumes(GdbCommand command) =>
        Resuming.Contains(command.Name)
        || command.Is("continue", 4) || command.Is("until", 3) || command.Is("advance", 3) || command.Is("finish", 3) || command.Is("jump", 3) || command.Is("signal", 3)
        || (command.Name.Length > 8 && command.Name.StartsWith("reverse-", StringComparison.Ordinal));

    public static bool Pages(string name) => Paging.Contains(name);

    public static bool AsksForMore(GdbCommand command) =>
        command.Arguments.EndsWith('\\')
        || command.Name is "define" or "if" or "while" or "stepping" or "ws" or "edit"
        || command.Is("commands", 4) || command.Is("document", 3) || command.Is("while-stepping", 6) || command.Is("actions", 3)
        || ((Scripting.Contains(command.Name) || command.Is("shell", 3)) && command.Arguments.Length == 0)
        || ((command.Is("compile", 5) || command.Is("expression", 4)) && !command.Arguments.Contains(' '));

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
