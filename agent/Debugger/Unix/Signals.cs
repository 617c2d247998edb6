namespace OrleansKd.Agent.Debugger.Unix;

/// <summary>Signals, by the numbers that Linux uses on all processors .NET runs on.</summary>
internal static class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>What a shell adds to the number of the signal that ended a program; .NET reports the same.</summary>
    private const int SignalExitCode = 128;

    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
        "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU",
        "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>The signal that an exit code stands for; null when it is an exit code. (A program that exits with 129 and more by itself looks the same.)</summary>
    public static string? FromExitCode(int exitCode) =>
        exitCode > SignalExitCode && exitCode < SignalExitCode + Names.Length ? Names[exitCode - SignalExitCode] : null;
}
