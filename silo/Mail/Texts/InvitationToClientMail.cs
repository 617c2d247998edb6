using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Mail;

namespace OrleansKd.Silo.Mail.Texts;

/// <summary>To each invited client (rule C4).</summary>
internal static class InvitationToClientMail
{
    public static MailText Of(MailOrder order, string server)
    {
        var id = order.Value(MailValues.SessionId);
        return new MailText($"Invitation to the debugging session “{order.Value(MailValues.SessionName)}”")
            .Paragraph($"Hello {order.ToName},")
            .Paragraph($"{order.Value(MailValues.HostName)} invites you to a shared debugging session: you see what the debugger prints, live and from the beginning.")
            .Fact("Session", order.Value(MailValues.SessionName))
            .Fact("Host", order.Host())
            .Quote(order.Value(MailValues.SessionDescription))
            .Paragraph($"To join, start the terminal client; the session is under Client Sessions:")
            .Command($"orleanskd --server {server}")
            .Paragraph($"Or only watch it in a terminal:")
            .Command($"orleanskd --server {server} sessions watch {id}")
            .Paragraph($"Sign in as {order.ToEmail}: the invitation is for nobody else. You need no debugger.")
            .Paragraph($"If you do not want to take part:")
            .Command($"orleanskd --server {server} invitations decline {id}");
    }
}
