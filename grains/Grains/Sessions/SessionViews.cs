using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Sessions;

/// <summary>A session as its host and clients see it.</summary>
internal static class SessionViews
{
    public static SessionView For(Session session, SessionId id, CallerId caller, bool agentIsReachable, DateTimeOffset lastActivityAt, long durableThrough, IReadOnlyCollection<UserId> present) => new()
    {
        Id = id,
        Name = session.Name,
        Description = session.Description,
        State = session.State,
        Debugger = session.RunIsOver ? DebuggerState.Exited : agentIsReachable ? session.Debugger : DebuggerState.Offline,
        Host = Load(session.Host!),
        IsHost = session.IsHost(caller.ToString()),
        Clients = [.. session.Clients.Select(Load)],
        Caller = caller.User,
        Accepted = [.. session.Accepted.Select(UserId.FromKey)],
        CreatedAt = session.CreatedAt,
        LastActivityAt = lastActivityAt,
        TerminatedAt = session.TerminatedAt,
        Computer = session.Computer,
        DebuggerLocation = session.DebuggerLocation,
        Arguments = session.Arguments,
        Prompt = session.Prompt,
        ThroughServer = session.ThroughServer,
        Queue = [.. session.Commands.Select(command => new CommandView(command.Id, command.Text, Load(command.Author), command.IsRunning))],
        Suggestions = [.. session.Suggestions.Select(suggestion => new CommandView(suggestion.Id, suggestion.Text, Load(suggestion.Author), IsRunning: false))],
        DurableThrough = durableThrough,
        Spool = session.Spool,
        WhenSpoolFull = session.WhenSpoolFull,
        TargetIsStopped = LifecycleRules.TargetIsStopped(session),
        ClientsMayReopen = session.ClientsMayReopen,
        DebuggerKind = session.DebuggerKind,
        Operators = [.. session.Clients.Where(client => !session.IsHost(client.Id) && session.RightOf(client.Id) is not null).Select(client => new OperatorView(Load(client), session.RightOf(client.Id)!.Value))],
        Right = session.RightOf(caller.ToString()),
        Present = [.. session.Clients.Prepend(session.Host!).Select(Load).Where(person => present.Contains(person.Id)).DistinctBy(person => person.Id)],
    };

    /// <param name="sequence">Of the newest durable entry.</param>
    public static ListedSession Listed(Session session, SessionId id, CallerId caller, DateTimeOffset lastActivityAt, long sequence) => new()
    {
        Id = id,
        Sequence = sequence,
        Name = session.Name,
        Description = session.Description,
        State = session.State,
        Debugger = session.RunIsOver ? DebuggerState.Exited : session.Debugger,
        Host = Load(session.Host!),
        IsHost = session.IsHost(caller.ToString()),
        Clients = session.Clients.Length,
        CreatedAt = session.CreatedAt,
        LastActivityAt = lastActivityAt,
        TerminatedAt = session.TerminatedAt,
        Spool = session.Spool,
        TargetIsStopped = LifecycleRules.TargetIsStopped(session),
        Computer = session.Computer,
        Invitation = !session.IsClient(caller.ToString()) ? null : session.Accepted.Contains(caller.ToString()) ? InvitationState.Accepted : InvitationState.Pending,
    };

    public static Person Load(StoredPerson person) => new(UserId.FromKey(person.Id), person.Name, person.Company, person.Email);
}
