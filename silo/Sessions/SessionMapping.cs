using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Mail;
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
        view.Computer,
        InvitationOf(view, view.Caller));

    public static SessionSummary ToSummary(ListedSession listed) => new(
        listed.Id.Id, listed.Name, listed.Description, listed.State, listed.Debugger, ToUser(listed.Host), listed.IsHost, listed.Clients,
        listed.CreatedAt, listed.LastActivityAt, listed.TerminatedAt,
        listed.IsHost ? null : listed.TerminatedAt + Limits.TerminatedVisibleToClients,
        listed.Spool,
        listed.TargetIsStopped,
        listed.Computer,
        listed.Invitation);

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

    /// <param name="mails">By client; empty when they are not the caller's to see.</param>
    public static SessionPerson[] ToPeople(SessionView view, IReadOnlyDictionary<UserId, MailStatus> mails) =>
    [
        ToPerson(view, view.Host) with { Role = SessionRole.Host, Invitation = null },
        .. view.Clients.Select(client => ToPerson(view, client) with { Mail = ToMail(mails.GetValueOrDefault(client.Id)) }),
    ];

    private static SessionPerson ToPerson(SessionView view, Person person) => new(
        person.Name, person.Company, person.Email, SessionRole.Client, view.Present.Any(present => present.Id == person.Id), InvitationOf(view, person.Id));

    private static InvitationState? InvitationOf(SessionView view, UserId person) => !view.Clients.Any(client => client.Id == person)
        ? null
        : view.Accepted.Contains(person) ? InvitationState.Accepted : InvitationState.Pending;

    private static InvitationMail? ToMail(MailStatus status) => status switch
    {
        MailStatus.Waiting => InvitationMail.Waiting,
        MailStatus.Sent => InvitationMail.Sent,
        MailStatus.Refused => InvitationMail.NotDelivered,
        _ => null,
    };

    public static UserSummary ToUser(Person person) => new(person.Name, person.Company, person.Email);
}
