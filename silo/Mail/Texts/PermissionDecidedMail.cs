using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Mail;

namespace OrleansKd.Silo.Mail.Texts;

/// <summary>To the user whose request was decided, or whose permission was taken away (rules A2, A4).</summary>
internal static class PermissionDecidedMail
{
    public static MailText Of(MailOrder order, string server) =>
        new MailText($"Your permission {order.Value(MailValues.Permissions)} was {order.Value(MailValues.Decision)}")
            .Paragraph($"Hello {order.ToName},")
            .Paragraph($"an administrator of your organization has decided about your permissions in OrleansKd. It counts from now on; you need not sign in again.")
            .Fact("Permission", order.Value(MailValues.Permissions))
            .Fact("Decision", order.Value(MailValues.Decision))
            .Fact("Administrator", order.Person(MailValues.AdministratorName, "", MailValues.AdministratorEmail))
            .Quote(order.Value(MailValues.Reason))
            .Paragraph($"To see your permissions:")
            .Command($"orleanskd --server {server} permissions list");
}
