using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace OrleansKd.Tui.Commands;

/// <summary><c>--help</c> of every command, with its examples and exit codes below.</summary>
internal sealed class HelpText(RootCommand root, HelpAction usage, CommandExamples examples) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        usage.Invoke(parseResult);
        var command = parseResult.CommandResult.Command;
        var output = parseResult.InvocationConfiguration.Output;
        Write(output, "Examples", examples.Of(command).Select(line => "  " + line));
        if (command == root)
            Write(output, "Exit codes", ExitCodes.LinesFor(null));
        else if (command.Subcommands.All(sub => sub.Hidden))
            Write(output, "Exit codes", ExitCodes.LinesFor(PathOf(command)));
        else
            Write(output, "Exit codes", ["  orleanskd --help lists them; each command's --help lists its own."]);
        return ExitCodes.Done;
    }

    /// <summary>The command's words without the program's name.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand ? $"{PathOf(parent)} {command.Name}" : command.Name;

    private static void Write(TextWriter output, string heading, IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines);
        if (text.Length > 0)
            output.Write($"{heading}:\n{text}\n\n");
    }
}
