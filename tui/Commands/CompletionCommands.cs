using System.CommandLine;
using System.CommandLine.Parsing;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Commands;

/// <summary><c>completion bash</c> and others write a script for the shell; that asks the hidden <c>complete</c> for the words that may follow.</summary>
internal static class CompletionCommands
{
    /// <summary>A person waits with the Tab key: a server that takes longer names no sessions.</summary>
    private static readonly TimeSpan SessionsLimit = TimeSpan.FromSeconds(2);

    private static readonly Argument<string[]> Words = new("WORD") { Description = "The line without the program's name; the last word is the one to complete.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Described = new("--described") { Description = "Behind each word a tab and what it means." };
    private static readonly Option<bool> Next = new("--next") { Description = "The cursor stands behind the last word, at a new one." };

    public static void AddTo(RootCommand root, CommandRunner runner, CliHost host)
    {
        var completion = runner.AddGroup(
            root, "completion", "Scripts that complete commands, options and session ids with the Tab key.",
            "source <(orleanskd completion bash)",
            "source <(orleanskd completion zsh)",
            "orleanskd completion fish | source",
            "orleanskd completion pwsh | Out-String | Invoke-Expression");
        AddScript("bash", "for your ~/.bashrc", CompletionScripts.Bash);
        AddScript("zsh", "for your ~/.zshrc, or as _orleanskd in a folder of fpath", CompletionScripts.Zsh);
        AddScript("fish", "for your config.fish, or as orleanskd.fish in its folder completions", CompletionScripts.Fish);
        AddScript("pwsh", "for your $PROFILE", CompletionScripts.PowerShell);

        var complete = new Command("complete") { Words, Described, Next };
        complete.Hidden = true;
        complete.SetAction(async (parsed, cancellationToken) =>
        {
            var words = parsed.GetValue(Words) ?? [];
            if (parsed.GetValue(Next) || words.Length == 0)
                words = [.. words, ""];
            var before = root.Parse(string.Concat(words[..^1].Select(word => $"\"{word.Replace('"', '\'')}\" ")), CommandRunner.Parsing);
            var found = Following(before).Concat(await Sessions(before, runner, cancellationToken)).Where(item => item.Word.StartsWith(words[^1], StringComparison.Ordinal)).DistinctBy(item => item.Word);
            foreach (var (word, meaning) in found)
                await host.Out.WriteAsync(parsed.GetValue(Described) && meaning.Length > 0 ? $"{word}\t{meaning}\n" : word + "\n");
            return ExitCodes.Done;
        });
        root.Subcommands.Add(complete);

        void AddScript(string shell, string place, string script)
        {
            var command = new Command(shell, $"Write the script for {shell}: {place}.");
            command.SetAction(async (_, _) =>
            {
                await host.Out.WriteAsync(script.ReplaceLineEndings("\n") + "\n");
                return ExitCodes.Done;
            });
            completion.Subcommands.Add(command);
        }
    }

    /// <summary>Commands, options and fixed values; of an option's names the long ones.</summary>
    private static IEnumerable<(string Word, string Meaning)> Following(ParseResult before) => before.GetCompletions()
        .Where(item => char.IsAsciiLetter(item.Label[0]) || item.Label.StartsWith("--", StringComparison.Ordinal))
        .Select(item => (item.Label, FirstSentence(item.Detail ?? "")));

    private static string FirstSentence(string text) => text.Split('\n', 2)[0].Split(". ", 2)[0].TrimEnd('.');

    /// <summary>A name that somebody else gave.</summary>
    private static string OneLine(string text) => VisibleText.Line(text);

    private static async Task<IEnumerable<(string Word, string Meaning)>> Sessions(ParseResult before, CommandRunner runner, CancellationToken cancellationToken)
    {
        var isNext = before.CommandResult.Command.Arguments is [{ Name: CommandLine.SessionArgumentName } session, ..] && before.GetResult(session) is null or ArgumentResult { Tokens.Count: 0 };
        if (!isNext)
            return [];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SessionsLimit);
        try
        {
            using var connection = runner.Open(before);
            return (await connection.Sessions.GetSessionsAsync(limit.Token)).Select(one => (one.Id, OneLine(one.Name)));
        }
        catch (Exception problem) when (problem is ProblemException or OperationCanceledException)
        {
            // Not signed in, no server, or a slow one: there is nothing to offer, and nowhere to say so.
            return [];
        }
    }
}
