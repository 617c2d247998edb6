using System.Globalization;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>What goes out by mail for a session. Ids come from the log alone, so that a repeated order is the same mail.</summary>
internal static class SessionMail
{
    public static MailOrder ToClient(Session session, SessionId id, SessionNotice notice) =>
        Order(session, id, notice, MailKind.InvitationToClient, notice.Person);

    public static MailOrder ToHost(Session session, SessionId id, SessionNotice notice)
    {
        var order = Order(session, id, notice, MailKind.InvitationToHost, session.Host!);
        order.Values[MailValues.Invited] = string.Join('\n', notice.People.Select(person => $"{person.Name} ({person.Company}), {person.Email}"));
        return order;
    }

    public static MailOrder Closing(Session session, SessionId id, SessionNotice notice)
    {
        var order = Order(session, id, notice, MailKind.SessionClosing, session.Host!);
        order.Values[MailValues.At] = notice.Until!.Value.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return order;
    }

    private static MailOrder Order(Session session, SessionId id, SessionNotice notice, MailKind kind, StoredPerson to) => new(
        string.Create(CultureInfo.InvariantCulture, $"{kind}-{id}-{notice.Sequence}"),
        kind,
        to.Email,
        to.Name,
        new Dictionary<string, string>
        {
            [MailValues.SessionId] = id.ToString(),
            [MailValues.SessionName] = session.Name,
            [MailValues.SessionDescription] = session.Description,
            [MailValues.HostName] = session.Host!.Name,
            [MailValues.HostCompany] = session.Host.Company,
            [MailValues.HostEmail] = session.Host.Email,
        });
}
