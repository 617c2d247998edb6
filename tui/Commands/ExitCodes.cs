using System.Globalization;

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

    /// <summary><c>sessions watch</c>, <c>take</c>: the person watches from another computer now.</summary>
    public const int JoinedElsewhere = 11;

    /// <summary>Ended by SIGHUP (128 + 1).</summary>
    public const int HungUp = 129;

    /// <summary>Ended by Ctrl+C (128 + 2).</summary>
    public const int Interrupted = 130;

    /// <summary>Whoever read the output went away (128 + SIGPIPE).</summary>
    public const int OutputClosed = 141;

    /// <summary>Ended by SIGTERM (128 + 15).</summary>
    public const int Ended = 143;

    /// <summary>All of them, as <c>--help</c> and the README tell them.</summary>
    public static IReadOnlyList<ExitCode> All { get; } =
    [
        new(Done, "done"),
        new(Failed, "refused or failed; the reason is on standard error"),
        new(Usage, "wrong usage, or no terminal for the terminal client"),
        new(TargetRuns, "the target runs; only a break brings the prompt back", "sessions run"),
        new(Cancelled, "cancelled: the command never ran, or you said no"),
        new(DebuggerExited, "the debugger exited before its prompt was back", "sessions run"),
        new(ServerUnreachable, "the server or the sign-in's authority can't be reached"),
        new(NotSignedIn, "not signed in"),
        new(OutcomeUnknown, "the answer was lost, also when asked again: it may have been done or not"),
        new(NoAgent, "no agent runs on this computer", "agent status"),
        new(AgentRuns, "an agent runs on this computer already", "agent run"),
        new(JoinedElsewhere, "you watch it from another computer now", "sessions watch", "sessions take"),
        new(HungUp, "ended by a hang-up"),
        new(Interrupted, "ended by Ctrl+C"),
        new(OutputClosed, "ended because nobody reads the output any more"),
        new(Ended, "ended by SIGTERM"),
    ];

    /// <summary>The lines for one command; null: for all of them.</summary>
    public static IEnumerable<string> LinesFor(string? command) => All
        .Where(code => command is null || code.Commands.Length == 0 || code.Commands.Contains(command))
        .Select(code => string.Create(CultureInfo.InvariantCulture, $"  {code.Number,-4} {(command is null && code.Commands.Length > 0 ? string.Join(", ", code.Commands) + ": " : "")}{code.Meaning}"));
}

/// <param name="Commands">The only commands that end with it; none: all may.</param>
internal sealed record ExitCode(int Number, string Meaning, params string[] Commands);
