using System.CommandLine;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sessions</c>: everything about debugging sessions, and the examples of it.</summary>
internal static class SessionCommands
{
    private static readonly string[] Examples =
    [
        "orleanskd sessions host --debugger /usr/bin/gdb --arguments \"-q ./a.out\" --name crash",
        "orleanskd sessions host --debugger kd.exe --arguments \"-remote tcp:server=lab7,port=5005\" --name lab7 --computer WORKBENCH",
        "orleanskd sessions list --json",
        "orleanskd sessions list --watch",
        "orleanskd sessions find ann@contoso.example",
        "orleanskd sessions invite ID ann@contoso.example bob@fabrikam.example",
        "orleanskd sessions people ID",
        "orleanskd sessions watch ID",
        "orleanskd sessions watch ID --json --after 12",
        "orleanskd sessions take ID",
        "orleanskd sessions run ID bt",
        "orleanskd sessions run ID --wait \"continue\"",
        "orleanskd sessions enter ID \"break checksum\" continue",
        "orleanskd sessions break ID",
        "orleanskd sessions key ID ctrl-b",
        "orleanskd sessions grant ID ann@contoso.example inspect",
        "orleanskd sessions ungrant ID ann@contoso.example",
        "orleanskd sessions kick ID bob@fabrikam.example",
        "orleanskd sessions leave ID",
        "orleanskd sessions note ID \"The third packet has no payload.\"",
        "orleanskd sessions suggest ID \"print *packet\"",
        "orleanskd sessions set ID --clients-may-reopen no",
        "orleanskd sessions close ID --target let-run",
        "orleanskd sessions reopen ID",
        "orleanskd sessions reopen ID --computer WORKBENCH --debugger /usr/bin/gdb",
        "orleanskd sessions terminate ID --target let-run --yes",
        "orleanskd sessions export ID -o crash.txt",
        "orleanskd sessions export ID --format raw -o crash.bin",
        "orleanskd sessions delete ID --yes",
    ];

    public static void AddTo(RootCommand root, CommandRunner runner)
    {
        var sessions = runner.AddGroup(root, "sessions", "Debugging sessions.", Examples);
        ListSessionsCommand.AddTo(sessions, runner);
        HostSessionCommand.AddTo(sessions, runner);
        InviteCommand.AddTo(sessions, runner);
        OperatorCommands.AddTo(sessions, runner);
        InvitationCommands.AddTo(root, sessions, runner);
        WatchCommand.AddTo(sessions, runner);
        RunCommand.AddTo(sessions, runner);
        EnterCommand.AddTo(sessions, runner);
        BreakCommand.AddTo(sessions, runner);
        KeyCommand.AddTo(sessions, runner);
        NoteCommands.AddTo(sessions, runner);
        LifecycleCommands.AddTo(sessions, runner);
        ExportCommand.AddTo(sessions, runner);
    }
}
