using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Mail;

namespace OrleansKd.Silo.Mail.Texts;

/// <summary>To an administrator of the organization whose user asks (rule A2).</summary>
internal static class PermissionRequestedMail
{
    public static MailText Of(MailOrder order, string server) =>
        new MailText($"{order.Value(MailValues.RequesterName)} asks for a permission: {order.Value(MailValues.Permissions)}")
            .Paragraph($"Hello {order.ToName},")
            .Paragraph($"somebody of your organization asks for a permission in OrleansKd. You get this as its administrator.")
            .Fact("Who", order.Person(MailValues.RequesterName, MailValues.RequesterCompany, MailValues.RequesterEmail))
            .Fact("Permission", order.Value(MailValues.Permissions))
            .Quote(order.Value(MailValues.Reason))
            .Paragraph($"To see who waits, approve or deny it, sign in as {order.ToEmail}:")
            .Command($"orleanskd --server {server} permissions list")
            .Command($"orleanskd --server {server} permissions approve EMAIL")
            .Command($"orleanskd --server {server} permissions deny EMAIL");
}
