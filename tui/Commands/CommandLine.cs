using System.CommandLine;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Commands;

/// <summary>The whole command line: what there is, in one place.</summary>
internal static class CommandLine
{
    public const string SessionArgumentName = "ID";

    public static Task<int> RunAsync(CliHost host, string[] arguments, CancellationToken cancellationToken)
    {
        var (root, runner) = Build(host);
        return runner.RunAsync(root, arguments, cancellationToken);
    }

    public static (RootCommand Root, CommandRunner Runner) Build(CliHost host)
    {
        var root = new RootCommand("Share a live kernel debugger with up to ten people. Without a command: the terminal client.");
        var runner = new CommandRunner(host, root);
        runner.SetClient(root);
        SignInCommands.AddTo(root, runner);
        runner.Examples.Add(root, "orleanskd", "orleanskd sign-in --server https://debug.contoso.example", "orleanskd sign-out", "orleanskd whoami", "orleanskd --profile work --server https://debug.contoso.example sessions list --json");
        runner.Add(root, "whoami", "Show who is signed in, and what they may do.", AccountCommands.WhoAmI);

        PermissionCommands.AddTo(root, runner);
        AdministratorCommands.AddTo(root, runner);
        TokenCommands.AddTo(root, runner);

        var computers = runner.AddGroup(root, "computers", "Your computers with an agent.", "orleanskd computers list", "orleanskd computers list --json");
        runner.Add(computers, "list", "List them with their debuggers.", AccountCommands.ListComputers);

        var agent = runner.AddGroup(
            root, "agent", "The agent: runs debuggers on this computer for your sessions. Hosting a session here starts it.",
            "orleanskd agent status",
            "orleanskd agent run",
            "orleanskd agent run --allow /opt/toolchain/bin/arm-none-eabi-gdb --stop-when-idle --idle-after 30",
            "orleanskd agent stop --yes");
        AgentRunCommand.AddTo(agent, runner);
        AgentCommands.AddTo(agent, runner);

        SessionCommands.AddTo(root, runner);
        SettingsCommands.AddTo(root, runner);
        CompletionCommands.AddTo(root, runner, host);
        return (root, runner);
    }

    /// <summary>The argument that names a session.</summary>
    public static Argument<string> SessionArgument() => new(SessionArgumentName)
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
