using System.CommandLine;
using OrleansKd.Testing.Fuzz;
using OrleansKd.Testing.Hostile;
using OrleansKd.Tui.Commands;

namespace OrleansKd.Tui.Tests.Commands;

/// <summary>Command lines made of real words and of anything: parsed, or refused in visible words with the code for wrong usage.</summary>
public sealed class CommandLineFuzzTests
{
    [Fact]
    public async Task CommandLine_WhateverItsWords_IsParsedOrRefusedVisibly()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var (root, runner) = CommandLine.Build(Cli.Host(() => throw new InvalidOperationException("Nothing is asked.")) with { Out = output, Error = error });
        string[] words = [.. WordsOf(root).Distinct(), "--", "-", "", "=", "--json=x", "--after=-1", "@file", "[suggest]", "[suggest:3]", "[diagram]", "-y=maybe", "host@contoso.example", "aaaaaaaaaaaaaaaaaaaaaaaaaa"];
        await Fuzzing.RunAsync("options", 2, async one =>
        {
            string[] arguments = [.. Enumerable.Range(0, one.Next(9)).Select(_ => one.Chance(6) ? one.AnyText(30) : one.Chance(10) ? one.Pick(HostileTexts.All).Text : one.Pick(words))];
            var parsed = root.Parse(arguments, CommandRunner.Parsing);
            Assert.NotNull(parsed.GetCompletions().ToArray());
            // What is right would be done: only what is refused is run.
            if (parsed.Errors.Count == 0 || parsed.Action is null)
                return;
            output.GetStringBuilder().Clear();
            error.GetStringBuilder().Clear();
            var code = await runner.RunAsync(root, arguments, TestContext.Current.CancellationToken);
            if (code == ExitCodes.Done)
                return;
            Assert.Equal(ExitCodes.Usage, code);
            Assert.Null(Shown.ProblemOf(error.ToString().ReplaceLineEndings("\n")));
            Assert.Null(Shown.ProblemOf(output.ToString().ReplaceLineEndings("\n")));
        });
    }

    private static IEnumerable<string> WordsOf(Command command) =>
        [command.Name, .. command.Options.SelectMany(option => option.Aliases.Append(option.Name)), .. command.Subcommands.SelectMany(WordsOf)];
}
