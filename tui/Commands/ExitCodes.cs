namespace OrleansKd.Tui.Commands;

/// <summary>What the program's exit code says. Scripts depend on these numbers: they are only ever added to.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Refused or failed; the reason is on standard error.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage, or no terminal for the terminal client.</summary>
    public const int Usage = 2;

    /// <summary><c>sessions run</c>: the command let the target run; only a Break brings the prompt back.</summary>
    public const int TargetRuns = 3;

    /// <summary><c>sessions run</c>: the command was cancelled and never ran, or the person said no.</summary>
    public const int Cancelled = 4;

    /// <summary><c>sessions run</c>: the debugger exited before its prompt was back.</summary>
    public const int DebuggerExited = 5;

    /// <summary>The server, or the sign-in's authority, can't be reached.</summary>
    public const int ServerUnreachable = 6;

    /// <summary>Nobody is signed in to that server with that profile.</summary>
    public const int NotSignedIn = 7;

    /// <summary>The connection was lost in the middle: it may have been done or not.</summary>
    public const int OutcomeUnknown = 8;

    /// <summary><c>agent status</c>: no agent of this profile runs on this computer.</summary>
    public const int NoAgent = 9;

    /// <summary><c>agent run</c>: one runs already.</summary>
    public const int AgentRuns = 10;

    /// <summary>Ended by SIGHUP (128 + 1).</summary>
    public const int HungUp = 129;

    /// <summary>Ended by Ctrl+C (128 + 2).</summary>
    public const int Interrupted = 130;

    /// <summary>Whoever read the output went away (128 + SIGPIPE).</summary>
    public const int OutputClosed = 141;

    /// <summary>Ended by SIGTERM (128 + 15).</summary>
    public const int Ended = 143;

    /// <summary>For <c>--help</c>.</summary>
    public const string Help = """
        Exit codes:
          0    done
          1    refused or failed; the reason is on standard error
          2    wrong usage, or no terminal for the terminal client
          3    sessions run: the target runs; only a break brings the prompt back
          4    cancelled: the command never ran, or you said no
          5    sessions run: the debugger exited before its prompt was back
          6    the server or the sign-in's authority can't be reached
          7    not signed in
          8    the connection was lost in the middle; it may have been done or not
          9    agent status: no agent runs on this computer
          10   agent run: an agent runs on this computer already
          129, 130, 141, 143   ended by a hang-up, by Ctrl+C, by the end of who read the output, by SIGTERM
        """;
}
