using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Mail;

namespace OrleansKd.Silo.Mail.Texts;

/// <summary>To the host of a closed session that nobody has touched for long (rule F7).</summary>
internal static class SessionClosingMail
{
    public static MailText Of(MailOrder order, string server)
    {
        var id = order.Value(MailValues.SessionId);
        return new MailText($"Your closed debugging session “{order.Value(MailValues.SessionName)}” will be terminated")
            .Paragraph($"Hello {order.ToName},")
            .Paragraph($"this session of yours is closed and nobody has used it for a long time. It will be terminated for good; its history can be read for a while after that. A debugger that still runs for it leaves its target as it is: running, or stopped where it stands.")
            .Fact("Session", order.Value(MailValues.SessionName))
            .Fact("Will be terminated", order.Value(MailValues.At))
            .Quote(order.Value(MailValues.SessionDescription))
            .Paragraph($"To keep it, re-open it:")
            .Command($"orleanskd --server {server} sessions reopen {id}")
            .Paragraph($"To keep a copy of its transcript:")
            .Command($"orleanskd --server {server} sessions export {id} --format text -o transcript.txt");
    }
}
