using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Computers;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>How a session is closed, opened again and terminated, and what follows when its debugger ends (rules F2 to F6). Pure.</summary>
internal static class LifecycleRules
{
    /// <summary>Through a server the debugger leaves; a direct one stays under its agent, so that its target is not lost (rule F2).</summary>
    /// <param name="handedThrough">Sequence of the newest instruction that the agent may have: what it may have started it decides itself.</param>
    /// <param name="resumeId">Id of the command that lets the target of a direct session run, if there is to be one.</param>
    public static Decision Close(Session session, CallerId caller, TargetFate? target, bool agentIsReachable, long handedThrough, string resumeId, DateTimeOffset now)
    {
        if (SessionRules.CheckHostOnly(session, caller, now, "close a session") is { } refusal)
            return refusal;
        if (session.State is SessionState.Terminated)
            return SessionRules.Terminated(session);
        if (session.State is SessionState.Closed)
            return Decision.Record.Nothing;
        NewEntry[] closed =
        [
            .. CancelWaiting(session, "the session was closed", handedThrough),
            new(SessionLogEntryKind.SessionClosed, new SessionLogEntryBody { Author = session.Host, Target = target }),
        ];
        if (session.ThroughServer || target is not TargetFate.LetRun || TargetIsStopped(session) is false)
            return new Decision.Record(closed);
        if (!agentIsReachable)
            return new Refusal(ProblemCodes.DebuggerOffline, $"The agent on {session.Computer} is unreachable, so the target can't be let run now. Close the session and leave the target as it is, or try again when the agent is back.");
        return new Decision.Record([.. closed, new(SessionLogEntryKind.CommandEntered, new SessionLogEntryBody
        {
            Author = session.Host,
            CommandId = resumeId,
            Text = ResumeCommand(session.DebuggerKind),
            Run = session.Run,
        })]);
    }

    /// <summary>A client opens a session again as it is recorded; the host also with another computer, debugger or arguments (rule F3).</summary>
    public static Decision Reopen(Session session, CallerId caller, ReopenSession request, DateTimeOffset now)
    {
        if (!SessionRules.MayRead(session, caller, now))
            return Refusals.SessionNotFound;
        if (session.State is SessionState.Terminated)
            return SessionRules.Terminated(session);
        var isChanged = request != ReopenSession.AsRecorded;
        if (isChanged && SessionRules.CheckHostOnly(session, caller, now, "open it again with another computer, debugger or arguments") is { } notHost)
            return notHost;
        if (session.State is SessionState.Active)
            return isChanged ? new Refusal(ProblemCodes.WrongState, $"'{session.Name}' is active. Close it first to open it again with another computer, debugger or arguments.") : Decision.Record.Nothing;
        if (!session.ClientsMayReopen && SessionRules.CheckHostOnly(session, caller, now, "open this session again") is { } switchedOff)
            return switchedOff;
        if (session is { ThroughServer: false, RunIsOver: true })
            return new Refusal(ProblemCodes.DebuggerOffline, $"The debugger of '{session.Name}' is gone, so there is nothing to open again. The history stays; host a new session to go on.");
        if (session.RunIsOver || session.EndAskedBy > 0)
            return ReopenByStarting(session, caller, request);
        return isChanged
            ? SessionRules.Invalid($"The debugger of '{session.Name}' still runs on {session.Computer} and holds its target, so it can't be replaced. Open the session again without another computer, debugger or arguments.")
            : new Decision.Record([Reopened(session, caller)]);
    }

    /// <summary>The debugger for run <paramref name="run"/> is at its first prompt.</summary>
    public static Decision AfterStart(Session session, CallerId caller, int run, string debugger, StartedDebugger started, DateTimeOffset now)
    {
        if (!SessionRules.MayRead(session, caller, now))
            return Refusals.SessionNotFound;
        if (session.State is SessionState.Terminated)
            return SessionRules.Terminated(session);
        if (session.State is SessionState.Active || session.Run != run - 1)
            return new Refusal(ProblemCodes.WrongState, $"'{session.Name}' was opened again otherwise meanwhile. The debugger that was started for it leaves again.");
        if (!started.ThroughServer)
            return SessionRules.Invalid($"With these arguments '{session.Name}' would become a direct session, whose debugger can't be replaced. The debugger leaves again; host a new session for it.");
        return new Decision.Record(
        [
            .. session.RunIsOver ? [] : GiveUpRun(session),
            new(SessionLogEntryKind.RunStarted, new SessionLogEntryBody
            {
                Author = SessionRules.PersonOf(session, caller),
                Run = run,
                Computer = started.Computer,
                DebuggerLocation = debugger,
                Arguments = started.MaskedArguments,
                DebuggerKind = started.DebuggerKind,
                ThroughServer = true,
                WhenSpoolFull = session.WhenSpoolFull,
            }),
            Reopened(session, caller),
        ]);
    }

    /// <summary>For good; the target of a direct session needs a decision (rule F4).</summary>
    public static Decision Terminate(Session session, CallerId caller, TargetFate? target, long handedThrough, DateTimeOffset now)
    {
        if (SessionRules.CheckHostOnly(session, caller, now, "terminate a session") is { } refusal)
            return refusal;
        if (session.State is SessionState.Terminated)
            return Decision.Record.Nothing;
        if (!session.ThroughServer && target is null && !session.RunIsOver)
            return SessionRules.Invalid("Say what becomes of the target: 'target' must be 'letRun' or 'leaveStopped' for a direct session.");
        return new Decision.Record(Termination(session, handedThrough, new SessionLogEntryBody { Author = session.Host, Target = target }));
    }

    /// <summary>
    /// A closed session that nobody uses (rule F7). Nobody is there to say what becomes of a direct session's target, so that stays as it is, and
    /// what was chosen at closing holds (rule F9).
    /// </summary>
    public static NewEntry[] TerminateForgotten(Session session, long handedThrough, DateTimeOffset now)
    {
        var days = (int)(now - (session.TouchedAt ?? session.CreatedAt)).TotalDays;
        var howLong = days switch { < 1 => "less than a day", 1 => "1 day", _ => string.Create(CultureInfo.InvariantCulture, $"{days} days") };
        return Termination(session, handedThrough, new SessionLogEntryBody { Text = $"closed for {howLong} and not re-opened" });
    }

    public static Decision Change(Session session, CallerId caller, SessionChange change, DateTimeOffset now)
    {
        if (SessionRules.CheckHostOnly(session, caller, now, "change what it allows") is { } refusal)
            return refusal;
        if (session.State is SessionState.Terminated)
            return SessionRules.Terminated(session);
        return change.ClientsMayReopen is { } may && may != session.ClientsMayReopen
            ? new Decision.Record([new(SessionLogEntryKind.SessionChanged, new SessionLogEntryBody { Author = session.Host, ClientsMayReopen = may })])
            : Decision.Record.Nothing;
    }

    /// <summary>What follows from the debugger's end (rules F5, F6).</summary>
    public static NewEntry[] AfterRunExited(Session session, EndedRun ended)
    {
        if (session.State is SessionState.Terminated || ended.End is RunEnd.GivenUp)
            return [];
        var byQuit = ended.End is RunEnd.Exited or RunEnd.Signalled ? session.Quit : null;
        var bySomebody = ended.End is RunEnd.Signalled && !IsCrash(ended.Signal) && session.EndAskedBy == 0;
        if (session.ThroughServer && byQuit is null && !bySomebody)
            return session.State is SessionState.Closed ? [] : [new(SessionLogEntryKind.SessionClosed, new SessionLogEntryBody { Text = ReasonOf(ended) })];
        var reason = byQuit is not null ? $"{Named(byQuit)} ended the debugger: {ReasonOf(ended)}"
            : bySomebody ? $"somebody ended the debugger: {ReasonOf(ended)}"
            : ReasonOf(ended);
        return [new(SessionLogEntryKind.SessionTerminated, new SessionLogEntryBody { Text = reason })];
    }

    /// <summary>The debugger is still there but has nothing to debug any more: the agent ends the rest of it (rule F5).</summary>
    public static NewEntry[] AfterTargetLetGo(Session session, string? text)
    {
        if (session.State is SessionState.Terminated)
            return [];
        var how = text ?? "the debugger let its target go";
        return
        [
            .. SessionRules.CancelAll(session, "the debugger let its target go"),
            new(SessionLogEntryKind.SessionTerminated, new SessionLogEntryBody { Text = session.Quit is { } quit ? $"{Named(quit)}: {how}" : how }),
        ];
    }

    /// <summary>When it has to be said that a quit word had no effect; null while there is nothing to say (rule F5).</summary>
    public static DateTimeOffset? QuitHasNoEffectAt(Session session) =>
        session is { RunIsOver: false, Debugger: not DebuggerState.Offline, EndAskedBy: 0 } ? session.Quit?.CompletedAt + Limits.QuitEffect : null;

    public static NewEntry[] AfterQuitHadNoEffect(Session session, DateTimeOffset now) => QuitHasNoEffectAt(session) > now || QuitHasNoEffectAt(session) is null
        ? []
        : [new(SessionLogEntryKind.QuitHadNoEffect, new SessionLogEntryBody { Author = session.Quit!.Author, Text = session.Quit.Word, CommandId = session.Quit.CommandId })];

    /// <summary>Null: not known (rule F9).</summary>
    public static bool? TargetIsStopped(Session session)
    {
        if (session.RunIsOver)
            return session.Ended?.Target is { } left ? left is TargetFate.LeaveStopped : null;
        return (session.Debugger is DebuggerState.Offline ? session.BeforeOffline : session.Debugger) switch
        {
            DebuggerState.Ready or DebuggerState.Busy => true,
            DebuggerState.Running => false,
            _ => null,
        };
    }

    private static Decision ReopenByStarting(Session session, CallerId caller, ReopenSession request)
    {
        var (computer, debugger, arguments) = (request.Computer ?? session.Computer, request.Debugger ?? session.DebuggerLocation, request.Arguments ?? session.Arguments);
        if (SessionRules.CheckDebuggerOf(computer, debugger, arguments) is { } refusal)
            return refusal;
        if (!caller.MayUse(computer))
            return Refusals.OtherComputer(caller.OnlyComputer!);
        if (SecretText.IsMasked(arguments) && !string.Equals(computer.Trim(), session.Computer, StringComparison.OrdinalIgnoreCase))
            return SessionRules.Invalid($"The arguments of '{session.Name}' have a password or key, which only {session.Computer} keeps. Give the arguments again, with it, to start the debugger on {VisibleText.From(computer)}.");
        return new Decision.StartFirst(computer, debugger, arguments);
    }

    private static NewEntry[] GiveUpRun(Session session) =>
    [
        .. SessionRules.CancelAll(session, "the agent is unreachable and its run was given up"),
        new(SessionLogEntryKind.RunExited, new SessionLogEntryBody
        {
            Run = session.Run,
            End = RunEnd.GivenUp,
            Text = $"The agent on {session.Computer} is unreachable, so this run was given up when the session was opened again. Output of it that {session.Computer} still holds stays there",
        }),
    ];

    private static NewEntry[] Termination(Session session, long handedThrough, SessionLogEntryBody body) =>
        [.. CancelWaiting(session, "the session was terminated", handedThrough), new(SessionLogEntryKind.SessionTerminated, body)];

    private static NewEntry Reopened(Session session, CallerId caller) =>
        new(SessionLogEntryKind.SessionReopened, new SessionLogEntryBody { Author = SessionRules.PersonOf(session, caller) });

    /// <summary>Cancels what the agent can't have; what it may have is decided by the agent, which is told (rule E3).</summary>
    private static IEnumerable<NewEntry> CancelWaiting(Session session, string reason, long handedThrough) => session.Commands
        .Where(command => !command.IsRunning && command.Sequence > handedThrough)
        .Select(command => SessionRules.Cancel(command, reason));

    private static string ReasonOf(EndedRun ended) => ended.Text ?? "the debugger has exited";

    private static string Named(QuitIntent quit) => $"'{quit.Word}' by {quit.Author.Name}{(quit.Author.Company.Length == 0 ? "" : $" ({quit.Author.Company})")}";

    /// <summary>Signals of a program's own mistake: nobody sends these, so the debugger crashed.</summary>
    private static bool IsCrash(string? signal) => signal is "SIGSEGV" or "SIGBUS" or "SIGILL" or "SIGFPE" or "SIGABRT" or "SIGSYS" or "SIGTRAP";

    /// <summary>What lets a stopped target of this kind of debugger run.</summary>
    private static string ResumeCommand(string debuggerKind) => debuggerKind is "kd" or "cdb" or "ntsd" ? "g" : "continue";
}
