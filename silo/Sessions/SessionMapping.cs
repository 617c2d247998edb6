using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Silo.Sessions;

/// <summary>From grain types to wire types.</summary>
internal static class SessionMapping
{
    public static SessionSummary ToSummary(SessionView view) => new(
        view.Id.Id, view.Name, view.Description, view.State, view.Debugger, ToUser(view.Host), view.IsHost, view.Clients.Length,
        view.CreatedAt, view.LastActivityAt, view.TerminatedAt,
        view.IsHost ? null : view.TerminatedAt + Limits.TerminatedVisibleToClients,
        view.Spool,
        view.TargetIsStopped,
        view.Computer);

    public static SessionDetails ToDetails(SessionView view) => new(
        ToSummary(view), view.Computer, view.DebuggerLocation, view.Arguments, view.Prompt, view.ThroughServer,
        [.. view.Clients.Select(ToUser)],
        [.. view.Queue.Select(command => new QueuedCommand(command.Id, command.Text, ToUser(command.Author), command.IsRunning))],
        view.DurableThrough,
        [.. view.Present.Select(ToUser)],
        view.WhenSpoolFull,
        view.ClientsMayReopen,
        view.DebuggerKind,
        [.. view.Operators.Select(item => new OperatorSummary(ToUser(item.Person), item.Right))],
        view.Right)
    {
        Suggestions = [.. view.Suggestions.Select(suggestion => new SuggestedCommand(suggestion.Id, suggestion.Text, ToUser(suggestion.Author)))],
    };

    public static UserSummary ToUser(Person person) => new(person.Name, person.Company, person.Email);
}
