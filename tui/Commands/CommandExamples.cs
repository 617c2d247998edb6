using System.CommandLine;

namespace OrleansKd.Tui.Commands;

/// <summary>Whole lines as people type them, given with a group of commands; each command of the group finds its own.</summary>
internal sealed class CommandExamples(RootCommand root)
{
    public const string Program = "orleanskd";

    private readonly List<(Command Group, string Line)> all = [];

    public IEnumerable<string> All => all.Select(example => example.Line);

    public void Add(Command group, params string[] lines) => all.AddRange(lines.Select(line => (group, line)));

    /// <summary>A group's lines, or those that run this command.</summary>
    public IEnumerable<string> Of(Command command) => all.Where(example => example.Group == command || CommandOf(example.Line) == command).Select(example => example.Line);

    /// <summary>What a line runs.</summary>
    public Command CommandOf(string line) => root.Parse(ArgumentsOf(line)).CommandResult.Command;

    /// <summary>What stands behind the program's name, without what a shell does with it: <c>source &lt;(…)</c>, <c>… | source</c>.</summary>
    public static string ArgumentsOf(string line) => line[(line.IndexOf(Program, StringComparison.Ordinal) + Program.Length)..].Split('|', ')')[0];
}
