using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Mail;

namespace OrleansKd.Silo.Mail.Texts;

/// <summary>Which text a kind of mail has.</summary>
internal static class MailTexts
{
    /// <param name="server">Where people reach this deployment.</param>
    /// <returns>Null for a kind that this version does not know.</returns>
    public static MailText? Of(MailOrder order, string server) => order.Kind switch
    {
        MailKind.InvitationToClient => InvitationToClientMail.Of(order, server),
        MailKind.InvitationToHost => InvitationToHostMail.Of(order, server),
        MailKind.PermissionRequested => PermissionRequestedMail.Of(order, server),
        MailKind.PermissionDecided => PermissionDecidedMail.Of(order, server),
        MailKind.SessionClosing => SessionClosingMail.Of(order, server),
        _ => null,
    };

    /// <summary>A value, or nothing where an older server did not give it.</summary>
    public static string Value(this MailOrder order, string name) => order.Values.GetValueOrDefault(name, "");

    /// <summary><c>Ann Host (Contoso), ann@contoso.example</c>.</summary>
    public static string Person(this MailOrder order, string name, string company, string email)
    {
        var person = order.Value(company) is { Length: > 0 } known ? $"{order.Value(name)} ({known})" : order.Value(name);
        return order.Value(email) is { Length: > 0 } address ? $"{person}, {address}" : person;
    }

    public static string Host(this MailOrder order) => order.Person(MailValues.HostName, MailValues.HostCompany, MailValues.HostEmail);
}
