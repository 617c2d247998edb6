using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Mail;

namespace OrleansKd.Silo.Mail.Texts;

/// <summary>To the host, one for each request that invited people (rule C4).</summary>
internal static class InvitationToHostMail
{
    public static MailText Of(MailOrder order, string server)
    {
        var id = order.Value(MailValues.SessionId);
        return new MailText($"You invited clients to the debugging session “{order.Value(MailValues.SessionName)}”")
            .Paragraph($"Hello {order.ToName},")
            .Paragraph($"these people were invited to your debugging session, and got a mail that says how to join:")
            .Lines(order.Value(MailValues.Invited).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Fact("Session", order.Value(MailValues.SessionName))
            .Fact("Host", order.Host())
            .Quote(order.Value(MailValues.SessionDescription))
            .Paragraph($"To open it yourself, start the terminal client, from any computer:")
            .Command($"orleanskd --server {server}")
            .Paragraph($"Who is invited, who has come, and whom mail could not reach:")
            .Command($"orleanskd --server {server} sessions people {id}")
            .Paragraph($"If you did not do this, revoke the invitations and tell your administrator:")
            .Command($"orleanskd --server {server} invitations revoke {id} EMAIL");
    }
}
