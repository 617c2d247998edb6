using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>Who may do what to a session, and which entries record it. Pure: state, caller, request and time in; a decision out.</summary>
internal static partial class SessionRules
{
    public static Refusal? CheckHost(Account host, string computer, string debugger, string arguments, string name, string description)
    {
        if (!host.MayHost)
            return new(ProblemCodes.NotPermitted, $"{host.Person.Email} may not host sessions. Ask an administrator of {Named(host.Person.Company)} for the Host Sessions permission.");
        if (host.IsListFull)
            return new(ProblemCodes.LimitReached, $"Your list has {Limits.ListedSessions} sessions, which is the most. Delete terminated ones, or leave some that you were invited to.");
        if (string.IsNullOrWhiteSpace(name))
            return Invalid("The session's name is empty. Give it a name of 1 to 100 characters.");
        if (name.Length > Limits.SessionNameLength)
            return Invalid($"The session's name has {name.Length} characters; {Limits.SessionNameLength} is the most.");
        if (VisibleText.HasHidden(name, isOneLine: true))
            return Invalid($"The session's name '{VisibleText.From(name)}' has control or invisible characters. Use visible characters only.");
        if (description.Length > Limits.SessionDescriptionLength)
            return Invalid($"The session's description has {description.Length} characters; {Limits.SessionDescriptionLength} is the most.");
        if (VisibleText.HasHidden(description, isOneLine: false))
            return Invalid("The session's description has control or invisible characters. Use visible characters, tabs and line breaks only.");
        return CheckDebuggerOf(computer, debugger, arguments);
    }

    /// <summary>Where and how a debugger is to be started.</summary>
    public static Refusal? CheckDebuggerOf(string computer, string debugger, string arguments)
    {
        if (string.IsNullOrWhiteSpace(computer) || computer.Length > Limits.ComputerNameLength)
            return Invalid($"The computer's name must have 1 to {Limits.ComputerNameLength} characters.");
        if (string.IsNullOrWhiteSpace(debugger) || debugger.Length > Limits.DebuggerLocationLength)
            return Invalid($"The debugger's location must have 1 to {Limits.DebuggerLocationLength} characters.");
        if (arguments.Length > Limits.ArgumentsLength)
            return Invalid($"The arguments have {arguments.Length} characters; {Limits.ArgumentsLength} is the most.");
        return null;
    }

    /// <summary>Everything about a session is for its host and invited clients only; of a terminated one clients see it for seven days (rule F8).</summary>
    public static bool MayRead(Session session, CallerId caller, DateTimeOffset now) =>
        !session.IsDeleted
        && !session.WithoutAccess.Contains(caller.ToString())
        && (caller.OnlyComputer is null || (session.IsHost(caller.ToString()) && caller.MayUse(session.Computer)))
        && (session.IsHost(caller.ToString()) || (session.IsClient(caller.ToString()) && !IsHiddenFromClients(session, now)));

    public static DateTimeOffset? VisibleToClientsUntil(Session session) => session.TerminatedAt + Limits.TerminatedVisibleToClients;

    public static Decision EnterCommand(Session session, CallerId caller, string commandId, string text, bool agentIsReachable, DateTimeOffset now)
    {
        if (OperatorRules.CheckCommand(session, caller, text, now) is { } refusal)
            return refusal;
        if (CheckCommand(text) is { } malformed)
            return malformed;
        if (CheckDebugger(session, agentIsReachable) is { } unusable)
            return unusable;
        if (session.Commands.Length >= Limits.QueuedCommands)
            return new Refusal(ProblemCodes.LimitReached, $"{Limits.QueuedCommands} commands wait already. Wait until the debugger has run some, or use Break.");
        var shown = SecretText.MaskCommand(session.DebuggerKind, text);
        return new Decision.Record([new(SessionLogEntryKind.CommandEntered, new SessionLogEntryBody
        {
            Author = PersonOf(session, caller),
            Right = session.IsHost(caller.ToString()) ? null : session.RightOf(caller.ToString()),
            CommandId = commandId,
            Text = shown.Replace('\t', ' '),
            Run = session.Run,
            IsMasked = shown == text ? null : true,
            Quit = CommandGrammar.For(session.DebuggerKind).QuitWordIn(text),
        })]);
    }

    /// <summary>Several commands, all or none (rule E6).</summary>
    public static Decision EnterCommands(Session session, CallerId caller, (string CommandId, string Text)[] commands, bool agentIsReachable, DateTimeOffset now)
    {
        if (!MayRead(session, caller, now))
            return Refusals.SessionNotFound;
        if (commands.Length == 0)
            return Invalid("There is no command to enter.");
        if (commands.Length > Limits.CommandsAtOnce)
            return Invalid($"These are {commands.Length} commands; {Limits.CommandsAtOnce} is the most that can be entered at once. Nothing was entered.");
        if (session.Commands.Length + commands.Length > Limits.QueuedCommands && commands.Length > 1)
            return new Refusal(ProblemCodes.LimitReached, $"{session.Commands.Length} commands wait, and {Limits.QueuedCommands} is the most: these {commands.Length} don't all fit. Nothing was entered. Wait until the debugger has run some, or use Break.");
        List<NewEntry> entries = [];
        foreach (var (index, (id, text)) in commands.Index())
        {
            switch (EnterCommand(session, caller, id, text, agentIsReachable, now))
            {
                case Decision.Record { Entries: var entered }:
                    entries.AddRange(entered);
                    break;
                case Decision.Refuse { Refusal: var refusal } when commands.Length > 1:
                    return refusal with { Message = $"Line {index + 1} of {commands.Length}: {refusal.Message} Nothing was entered." };
                case var refused:
                    return refused;
            }
        }
        return new Decision.Record([.. entries]);
    }

    /// <summary>A Break or control key (rules E4, E5). Nothing is recorded, nor sent, for an id that was there before.</summary>
    public static Decision Press(Session session, CallerId caller, string id, string? key, int? run, bool agentIsReachable, DateTimeOffset now)
    {
        if (OperatorRules.CheckFullControl(session, caller, now, key is null ? "interrupt the debugger" : "press control keys") is { } refusal)
            return refusal;
        if (string.IsNullOrWhiteSpace(id) || id.Length > Limits.SignalIdLength)
            return Invalid($"A Break or control key needs an id of 1 to {Limits.SignalIdLength} characters, new for each.");
        if (session.Signals.Contains(id))
            return Decision.Record.Nothing;
        if (CheckDebugger(session, agentIsReachable) is { } unusable)
            return unusable;
        if (run is not null && run != session.Run)
            return new Refusal(ProblemCodes.OutOfStep, $"{(key is null ? "The Break" : "The key")} was meant for run {run} of the debugger; run {session.Run} is the current one. Nothing was sent.");
        var body = new SessionLogEntryBody { Author = PersonOf(session, caller), Run = session.Run, SignalId = id };
        if (key is null)
            return new Decision.Record([new(SessionLogEntryKind.BreakSent, body)]);
        if (!ControlKeys.TryParse(key, out var letter))
            return Invalid($"'{VisibleText.From(key)}' is no control key: name a letter, such as b or ctrl-b for Ctrl+B.");
        var meaning = ControlKeys.Of(session.DebuggerKind, letter);
        return meaning.Action switch
        {
            ControlKeyAction.Refuse => Invalid(meaning.Refusal!),
            ControlKeyAction.Break => new Decision.Record([new(SessionLogEntryKind.BreakSent, body)]),
            _ => new Decision.Record([new(SessionLogEntryKind.KeyPressed, body with
            {
                Key = letter.ToString(),
                Quit = meaning.Action is ControlKeyAction.Leave ? ControlKeys.NameOf(letter) : null,
            })]),
        };
    }

    /// <summary>What the agent says of its spool, when it is news.</summary>
    public static NewEntry[] AfterSpoolReport(Session session, SpoolState state, long bytes, long limitBytes) => session.Spool == state || session.RunIsOver
        ? []
        : [new(SessionLogEntryKind.SpoolStateChanged, new SessionLogEntryBody { Spool = state, Bytes = bytes, Text = SpoolText.Of(session, state, bytes, limitBytes) })];

    /// <summary>A Break or control key that the agent did not fetch within its life.</summary>
    public static NewEntry AfterSignalExpired(string? key) => new(SessionLogEntryKind.KeyRefused, new SessionLogEntryBody
    {
        Key = key,
        Text = $"the agent did not fetch it within {Limits.ControlSignalLifetime.TotalSeconds:0} seconds",
    });

    /// <summary>The agent can't be reached: nothing that it does not hold yet will run (rule E3).</summary>
    public static NewEntry[] AfterAgentLost(Session session, long handedThrough) =>
    [
        new(SessionLogEntryKind.DebuggerStateChanged, new SessionLogEntryBody { Debugger = DebuggerState.Offline }),
        .. session.Commands.Where(command => !command.IsRunning && command.Sequence > handedThrough)
            .Select(command => Cancel(command, "the agent is unreachable")),
    ];

    /// <summary>
    /// The agent is back after it was unreachable for too long: what it had not acted on is cancelled now, which was not certain
    /// before; what it had started is told by its own chunks.
    /// </summary>
    public static NewEntry[] AfterAgentBack(Session session, long lastInstruction) =>
    [
        .. session.Commands.Where(command => !command.IsRunning && command.Sequence > lastInstruction)
            .Select(command => Cancel(command, "the agent was unreachable")),
        new(SessionLogEntryKind.DebuggerStateChanged, new SessionLogEntryBody { Debugger = session.BeforeOffline, Text = session.Prompt }),
    ];

    /// <summary>
    /// The agent is attached: commands that it has not acted on and whose secret no memory holds any more can't be run by anybody.
    /// </summary>
    public static NewEntry[] AfterSecretsLost(Session session, long lastInstruction, Func<string, bool> isKnown) =>
    [
        .. session.Commands.Where(command => command is { IsMasked: true, IsRunning: false } && command.Sequence > lastInstruction && !isKnown(command.Id))
            .Select(command => Cancel(command, "its password was lost with a server's memory, as passwords are never stored; enter it again")),
    ];

    /// <summary>
    /// Entries that can't be read were left out of what this session is known to be. They may have withdrawn an invitation, or started
    /// a command: so all invitations and waiting commands end with them.
    /// </summary>
    public static NewEntry AfterDamage(long first, long last) => new(SessionLogEntryKind.TranscriptDamaged, new SessionLogEntryBody
    {
        Text = $"Entries {first} to {last} of this transcript are damaged in storage and can't be read. Who is invited is not certain any more, so all invitations were withdrawn: invite the clients again. Commands that waited were cancelled",
    });

    public static StoredPerson Store(Person person) => new(person.Id.ToString(), person.Name, person.Company, person.Email);

    /// <summary>One line, 1 to 4,096 characters, no control characters; a tab becomes a space (rule E6).</summary>
    private static Refusal? CheckCommand(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Invalid("The command is empty. An empty line is never sent: the debugger would repeat the last command.");
        if (text.Length > Limits.CommandLength)
            return Invalid($"The command has {text.Length} characters; {Limits.CommandLength} is the most a debugger takes.");
        return text.Any(c => char.IsControl(c) && c != '\t') ? Invalid("A command is one line without control characters.") : null;
    }

    private static Refusal? CheckDebugger(Session session, bool agentIsReachable) => session switch
    {
        { State: SessionState.Terminated } => Terminated(session),
        { State: SessionState.Closed } => new(ProblemCodes.SessionClosed, $"'{session.Name}' is closed. Re-open it first."),
        { RunIsOver: true } => new(ProblemCodes.DebuggerOffline, $"The debugger of '{session.Name}' has exited."),
        _ when !agentIsReachable => new(ProblemCodes.DebuggerOffline, $"The agent on {session.Computer} is unreachable. Try again when it is back."),
        _ => null,
    };

    public static Refusal? CheckHostOnly(Session session, CallerId caller, DateTimeOffset now, string what)
    {
        if (session.IsHost(caller.ToString()) && MayRead(session, caller, now))
            return null;
        return MayRead(session, caller, now)
            ? new Refusal(ProblemCodes.HostOnly, $"Only the host, {session.Host!.Name} ({session.Host.Company}), may {what}.")
            : Refusals.SessionNotFound;
    }

    private static bool IsHiddenFromClients(Session session, DateTimeOffset now) => now >= VisibleToClientsUntil(session);

    /// <summary>What waits and will never run.</summary>
    public static IEnumerable<NewEntry> CancelAll(Session session, string reason) =>
        session.Commands.Where(command => !command.IsRunning).Select(command => Cancel(command, reason));

    public static NewEntry Cancel(SessionCommand command, string reason) =>
        new(SessionLogEntryKind.CommandCancelled, new SessionLogEntryBody { CommandId = command.Id, Text = reason });

    public static StoredPerson? PersonOf(Session session, CallerId caller) =>
        session.IsHost(caller.ToString()) ? session.Host : session.Clients.FirstOrDefault(client => client.Id == caller.ToString());

    public static Refusal Terminated(Session session) => new(ProblemCodes.SessionTerminated, $"'{session.Name}' is terminated for good. Its history can still be read.");

    public static Refusal Invalid(string message) => new(ProblemCodes.InvalidRequest, message);

    private static string Named(string company) => company.Length == 0 ? "your organization" : company;
}
