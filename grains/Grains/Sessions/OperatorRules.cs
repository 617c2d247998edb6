using OrleansKd.Contracts;
using OrleansKd.Contracts.Debuggers;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>Operators (rules E1, E3, E7): who may enter what, who says so, and what becomes of commands that wait when that changes.</summary>
internal static class OperatorRules
{
    public static Decision Grant(Session session, CallerId caller, string email, OperatorRight right, DateTimeOffset now)
    {
        if (Check(session, caller, now, "give clients rights") is { } refusal)
            return refusal;
        if (!Enum.IsDefined(right))
            return SessionRules.Invalid("'right' must be 'inspect' or 'full'.");
        if (FindClient(session, email) is not { } client)
            return NotInvited(session, email);
        if (session.IsHost(client.Id))
            return SessionRules.Invalid("The host needs no right.");
        if (session.RightOf(client.Id) == right)
            return Decision.Record.Nothing;
        return new Decision.Record(
        [
            new(SessionLogEntryKind.OperatorGranted, new SessionLogEntryBody { Author = session.Host, Person = client, Right = right }),
            .. right is OperatorRight.Full ? [] : RemoveOf(session, client, session.Host, command => !command.IsInspect, "its author may only inspect now"),
        ]);
    }

    public static Decision Ungrant(Session session, CallerId caller, string email, DateTimeOffset now)
    {
        if (Check(session, caller, now, "take clients' rights away") is { } refusal)
            return refusal;
        if (FindClient(session, email) is not { } client)
            return NotInvited(session, email);
        if (session.Operators.All(item => item.Id != client.Id))
            return Decision.Record.Nothing;
        return new Decision.Record(
        [
            new(SessionLogEntryKind.OperatorRevoked, new SessionLogEntryBody { Author = session.Host, Person = client }),
            .. RemoveAllOf(session, client, session.Host, "its author's right was taken away"),
        ]);
    }

    /// <summary>The host removes a command that waits.</summary>
    public static Decision RemoveCommand(Session session, CallerId caller, string commandId, DateTimeOffset now)
    {
        if (Check(session, caller, now, "remove commands that wait") is { } refusal)
            return refusal;
        return session.Commands.FirstOrDefault(command => command.Id == commandId) switch
        {
            null => new Refusal(ProblemCodes.WrongState, "No such command waits: it has run, or was cancelled."),
            { IsRunning: true } => new Refusal(ProblemCodes.WrongState, "This command has started. Break interrupts it."),
            { RemovalAskedBy: > 0 } => Decision.Record.Nothing,
            var command => new Decision.Record([Remove(command, session.Host, "the host removed it")]),
        };
    }

    /// <summary>Whether somebody may enter this line.</summary>
    public static Refusal? CheckCommand(Session session, CallerId caller, string text, DateTimeOffset now)
    {
        var right = session.RightOf(caller.ToString());
        if (right is null || !SessionRules.MayRead(session, caller, now))
            return SessionRules.CheckHostOnly(session, caller, now, "run commands, and those to whom the host gives the right");
        if (right is OperatorRight.Full)
            return null;
        var grammar = CommandGrammar.For(session.DebuggerKind);
        if (grammar.RefusalToInspect(text.Trim()) is { } refusal)
            return new(ProblemCodes.FullControlOnly, refusal);
        return session.Debugger is DebuggerState.Ready && !grammar.IsOwnPrompt(session.Prompt)
            ? new(ProblemCodes.FullControlOnly, "The debugger waits for more of a command; a line there would become part of it, which needs full control.")
            : null;
    }

    /// <summary>Whether somebody may Break and press keys.</summary>
    public static Refusal? CheckFullControl(Session session, CallerId caller, DateTimeOffset now, string what) => session.RightOf(caller.ToString()) switch
    {
        OperatorRight.Full when SessionRules.MayRead(session, caller, now) => null,
        OperatorRight.Inspect when SessionRules.MayRead(session, caller, now) =>
            new(ProblemCodes.FullControlOnly, $"To {what} needs full control; {session.Host!.Name} gave you the right to inspect."),
        _ => SessionRules.CheckHostOnly(session, caller, now, $"{what}, and those to whom the host gives full control"),
    };

    public static Session Fold(Session session, SessionLogEntryBody body)
    {
        var others = session.Operators.Where(item => item.Id != body.Person?.Id);
        return session with { Operators = body is { Person: { } person, Right: { } right } ? [.. others, new SessionOperator(person.Id, right)] : [.. others] };
    }

    private static Refusal? Check(Session session, CallerId caller, DateTimeOffset now, string what) =>
        SessionRules.CheckHostOnly(session, caller, now, what) ?? (session.State is SessionState.Terminated ? SessionRules.Terminated(session) : null);

    private static StoredPerson? FindClient(Session session, string email) =>
        session.Clients.FirstOrDefault(client => string.Equals(client.Email, email.Trim(), StringComparison.OrdinalIgnoreCase));

    private static Refusal NotInvited(Session session, string email) =>
        new(ProblemCodes.UserNotFound, $"'{VisibleText.From(email)}' is not invited to '{session.Name}'. Invite them first.");

    /// <summary>What waits of somebody who has no right any more.</summary>
    /// <param name="by">Whose doing that is; null: nobody's of this session.</param>
    public static IEnumerable<NewEntry> RemoveAllOf(Session session, StoredPerson author, StoredPerson? by, string reason) => RemoveOf(session, author, by, _ => true, reason);

    private static IEnumerable<NewEntry> RemoveOf(Session session, StoredPerson author, StoredPerson? by, Func<SessionCommand, bool> which, string reason) =>
        session.Commands.Where(command => command is { IsRunning: false, RemovalAskedBy: 0 } && command.Author.Id == author.Id && which(command))
            .Select(command => Remove(command, by, reason));

    private static NewEntry Remove(SessionCommand command, StoredPerson? author, string reason) =>
        new(SessionLogEntryKind.CommandRemovalAsked, new SessionLogEntryBody { Author = author, CommandId = command.Id, Text = reason });
}
