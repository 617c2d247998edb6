using System.CommandLine;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Commands;

/// <summary>The whole command line: what there is, in one place.</summary>
internal static class CommandLine
{
    public static Task<int> RunAsync(CliHost host, string[] arguments, CancellationToken cancellationToken)
    {
        var runner = new CommandRunner(host);
        var root = new RootCommand("Share a live kernel debugger with up to ten people. Without a command: the terminal client.\n\n" + ExitCodes.Help);
        runner.AddOptions(root);
        runner.SetClient(root);
        runner.Add(root, "whoami", "Show who is signed in.", AccountCommands.WhoAmI);

        PermissionCommands.AddTo(root, runner);
        AdministratorCommands.AddTo(root, runner);

        var computers = new Command("computers", "Your computers with an agent.");
        root.Subcommands.Add(computers);
        runner.Add(computers, "list", "List them with their debuggers.", AccountCommands.ListComputers);

        var agent = new Command("agent", "The agent: runs debuggers on this computer for your sessions. Hosting a session here starts it.");
        root.Subcommands.Add(agent);
        AgentRunCommand.AddTo(agent, runner);
        AgentCommands.AddTo(agent, runner);

        var sessions = new Command("sessions", "Debugging sessions.");
        root.Subcommands.Add(sessions);
        runner.Add(sessions, "list", "List the sessions that you host or are invited to.", ListSessionsCommand.Run);
        HostSessionCommand.AddTo(sessions, runner);
        InviteCommand.AddTo(sessions, runner);
        OperatorCommands.AddTo(sessions, runner);
        InvitationCommands.AddTo(root, sessions, runner);
        WatchCommand.AddTo(sessions, runner);
        RunCommand.AddTo(sessions, runner);
        BreakCommand.AddTo(sessions, runner);
        KeyCommand.AddTo(sessions, runner);
        NoteCommands.AddTo(sessions, runner);
        LifecycleCommands.AddTo(sessions, runner);
        ExportCommand.AddTo(sessions, runner);
        return runner.RunAsync(root, arguments, cancellationToken);
    }

    /// <summary>The argument that names a session.</summary>
    public static Argument<string> SessionArgument() => new("ID")
    {
        Description = "The session's id, from sessions list.",
        Validators =
        {
            result =>
            {
                if (result.Tokens.Count == 1 && !SessionId.TryParse(result.Tokens[0].Value, out _))
                    result.AddError($"'{result.Tokens[0].Value}' is not a session id ({SessionId.TextLength} characters of a-z and 2-7).");
            },
        },
    };
}
