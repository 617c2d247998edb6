using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;
using OrleansKd.Tui.Commands;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary>The whole tree of commands: each says what it does, how it is typed, and how it ends.</summary>
public sealed class CommandTreeTests
{
    private const string SessionId = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

    private readonly RootCommand root;
    private readonly CommandRunner runner;

    public CommandTreeTests() => (root, runner) = CommandLine.Build(Cli.Host(() => throw new InvalidOperationException("Nothing is asked.")));

    public static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrleansKd.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests are not inside the repository.");
    }

    /// <summary>The words of an example, with a real session's id.</summary>
    internal static string[] Words(string example, string sessionId) =>
        [.. CommandLineParser.SplitCommandLine(CommandExamples.ArgumentsOf(example)).Select(word => word == "ID" ? sessionId : word)];

    [Fact]
    public void Commands_WhenWalked_HaveADescriptionAnExampleAndDescribedSymbols()
    {
        Assert.All(Tree(root), command =>
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), $"'{HelpText.PathOf(command)}' has no description.");
            Assert.True(runner.Examples.Of(command).Any(), $"'{HelpText.PathOf(command)}' has no example: add a line to its group.");
            Assert.All(command.Arguments.Cast<Symbol>().Concat(command.Options).Where(symbol => !symbol.Hidden), symbol =>
                Assert.False(string.IsNullOrWhiteSpace(symbol.Description), $"'{HelpText.PathOf(command)}' has no description of {symbol.Name}."));
        });
    }

    [Fact]
    public void Examples_WhenParsed_AreRight() => Assert.All(runner.Examples.All, example =>
    {
        var parsed = root.Parse(Words(example, SessionId));
        Assert.True(parsed.Errors.Count == 0, $"{example}: {string.Join(" ", parsed.Errors.Select(error => error.Message))}");
    });

    [Fact]
    public async Task Help_OfEveryCommand_ShowsExamplesAndExitCodes()
    {
        foreach (var command in Tree(root))
        {
            var cli = new Cli(() => throw new InvalidOperationException("Nothing is asked."));
            string[] path = command == root ? [] : HelpText.PathOf(command).Split(' ');
            Assert.Equal(ExitCodes.Done, await cli.RunAsync([.. path, "--help"]));
            Assert.Contains("\nExamples:\n", cli.Out, StringComparison.Ordinal);
            Assert.Contains("\nExit codes:\n", cli.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ExitCodes_WhenListed_AreAllThatThereAre_AndBelongToCommandsThatThereAre()
    {
        var constants = typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (int)field.GetRawConstantValue()!);
        Assert.Equal(constants.Order(), ExitCodes.All.Select(code => code.Number));
        Assert.Subset(Tree(root).Select(HelpText.PathOf).ToHashSet(), ExitCodes.All.SelectMany(code => code.Commands).ToHashSet());
    }

    [Fact]
    public void ExitCodes_InTheReadme_AreThoseOfTheHelp() => Assert.Contains(
        string.Join('\n', ["```text", .. ExitCodes.LinesFor(null).Select(line => line[2..]), "```"]),
        File.ReadAllText(Path.Combine(Repository(), "README.md")), StringComparison.Ordinal);

    [Fact]
    public void ExitCodes_OfOneCommand_LeaveOutThoseOfOthers()
    {
        Assert.Contains(ExitCodes.LinesFor("sessions run"), line => line.StartsWith("  3 ", StringComparison.Ordinal));
        Assert.DoesNotContain(ExitCodes.LinesFor("sessions list"), line => line.StartsWith("  3 ", StringComparison.Ordinal));
    }

    private static IEnumerable<Command> Tree(Command command) =>
        command.Hidden ? [] : command.Subcommands.SelectMany(Tree).Prepend(command);
}
