using System.CommandLine;
using System.CommandLine.Help;
using System.Text.Json;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;

namespace OrleansKd.Tui.Commands;

/// <summary>Options of every command, and the one place where what went wrong becomes a message and an exit code.</summary>
internal sealed class CommandRunner
{
    /// <summary>What a write to a closed pipe gives on Unix.</summary>
    private const int BrokenPipe = 32;

    /// <summary>A command for the debugger may begin with '@': it is never the name of a file with arguments.</summary>
    public static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    private readonly CliHost host;
    private readonly Option<string> profile = new("--profile")
    {
        Description = "Profile with the sign-in.",
        HelpName = "NAME",
        DefaultValueFactory = _ => ProfileStore.DefaultName,
        Recursive = true,
    };

    private readonly Option<Uri?> server = new("--server")
    {
        Description = "Server to use instead of the profile's default one.",
        HelpName = "URL",
        Recursive = true,
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
                return uri;
            result.AddError($"'{result.Tokens[0].Value}' is not a server's address; it begins with https:// or http://.");
            return null;
        },
    };

    private readonly Option<bool> json = new("--json") { Description = "Write JSON, also for errors (on standard error).", Recursive = true };

    public CommandRunner(CliHost host, RootCommand root)
    {
        this.host = host;
        Examples = new CommandExamples(root);
        root.Options.Add(profile);
        root.Options.Add(server);
        root.Options.Add(json);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpText(root, (HelpAction)help.Action!, Examples);
    }

    public CommandExamples Examples { get; }

    /// <summary>The server that a command line names.</summary>
    public ServerConnection Open(ParseResult parsed) => host.Open(ChoiceOf(parsed));

    /// <summary>A command that only has others.</summary>
    public Command AddGroup(Command parent, string name, string description, params string[] examples)
    {
        var group = new Command(name, description);
        parent.Subcommands.Add(group);
        Examples.Add(group, examples);
        return group;
    }

    public Command Add(Command parent, string name, string description, Func<CommandContext, ParseResult, CancellationToken, Task<int>> run, params Symbol[] symbols) =>
        Add(parent, name, description, symbols, async (parsed, cancellationToken) =>
        {
            using var connection = Open(parsed);
            return await run(new CommandContext(host, connection, parsed.GetValue(json)), parsed, cancellationToken);
        });

    /// <summary>A command about this computer alone: nobody needs to be signed in.</summary>
    public Command AddLocal(Command parent, string name, string description, Action<CommandContext> run) => Add(parent, name, description, [], (parsed, _) =>
    {
        run(new CommandContext(host, null, parsed.GetValue(json)));
        return Task.FromResult(ExitCodes.Done);
    });

    private Command Add(Command parent, string name, string description, Symbol[] symbols, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
                command.Options.Add(option);
            else
                command.Arguments.Add((Argument)symbol);
        }
        command.SetAction((parsed, cancellationToken) => Guard(parsed.GetValue(json), () => run(parsed, cancellationToken), cancellationToken));
        parent.Subcommands.Add(command);
        return command;
    }

    public void SetClient(RootCommand root) => root.SetAction((parsed, cancellationToken) =>
        Guard(parsed.GetValue(json), () => host.RunClient(ChoiceOf(parsed), cancellationToken), cancellationToken));

    /// <summary>Parses and runs; wrong usage is told on standard error.</summary>
    public async Task<int> RunAsync(RootCommand root, string[] arguments, CancellationToken cancellationToken)
    {
        var parsed = root.Parse(arguments, Parsing);
        if (parsed.Errors.Count > 0 && parsed.Action is System.CommandLine.Invocation.ParseErrorAction)
        {
            var isJson = arguments.Contains("--json");
            Tell(ProblemCodes.InvalidRequest, string.Join(" ", parsed.Errors.Select(error => error.Message)) + (isJson ? "" : " See orleanskd --help."), isJson);
            return ExitCodes.Usage;
        }
        var code = await parsed.InvokeAsync(
            new InvocationConfiguration { Output = host.Out, Error = host.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
            cancellationToken);
        await host.Out.FlushAsync(CancellationToken.None);
        return code;
    }

    private ServerChoice ChoiceOf(ParseResult parsed) => new(parsed.GetValue(profile)!, parsed.GetValue(server));

    private async Task<int> Guard(bool isJson, Func<Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            var code = await run();
            await host.Out.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return host.SignalCode();
        }
        catch (ProblemException problem)
        {
            await host.Out.FlushAsync(CancellationToken.None);
            Tell(problem.Code, problem.Message, isJson);
            return CodeFor(problem.Code);
        }
        catch (IOException problem) when ((problem.HResult & 0xFFFF) == BrokenPipe)
        {
            return ExitCodes.OutputClosed;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Tell("file", problem.Message, isJson);
            return ExitCodes.Failed;
        }
    }

    private void Tell(string code, string message, bool isJson)
    {
        if (isJson)
            host.Error.WriteLine(JsonSerializer.Serialize(new { code, message }, WireJson.Options));
        else
            host.Error.WriteLine("orleanskd: " + VisibleText.From(message));
        host.Error.Flush();
    }

    private static int CodeFor(string code) => code switch
    {
        ProblemException.ServerUnreachable => ExitCodes.ServerUnreachable,
        ProblemException.OutcomeUnknown => ExitCodes.OutcomeUnknown,
        ProblemCodes.NotSignedIn => ExitCodes.NotSignedIn,
        ProblemException.AgentRuns => ExitCodes.AgentRuns,
        ProblemCodes.JoinedElsewhere => ExitCodes.JoinedElsewhere,
        _ => ExitCodes.Failed,
    };
}
