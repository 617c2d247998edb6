using System.Security.Cryptography;
using System.Text;
using MimeKit;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Mail;
using OrleansKd.Silo.Mail.Texts;

namespace OrleansKd.Silo.Mail;

/// <summary>From an order to the message. The same order gives the same message, but for the boundaries of its parts.</summary>
internal sealed class MailMessages(SiloMailOptions options)
{
    private readonly MailboxAddress from = MailboxAddress.Parse(options.From);

    /// <summary>Null when none can be made of it; <paramref name="problem"/> says what becomes of the order.</summary>
    public MimeMessage? TryMake(MailOrder order, DateTimeOffset queuedAt, out MailResult? problem)
    {
        problem = null;
        // Whatever else an address holds would end up in a header or in the mail server's commands.
        if (!MailboxAddress.TryParse(order.ToEmail, out var parsed) || parsed.Address != order.ToEmail || order.ToEmail.Any(char.IsControl))
        {
            problem = MailResult.Refused("the recipient's address is none that mail can be sent to");
            return null;
        }
        if (MailTexts.Of(order, options.ServerAddress) is not { } text)
        {
            problem = MailResult.TryAgain($"this silo does not know mails of kind {(int)order.Kind}; a newer one queued it");
            return null;
        }
        var message = new MimeMessage
        {
            Subject = text.Subject,
            Date = queuedAt,
            MessageId = $"{HashOf(order)}@{options.Domain}",
            Body = new MultipartAlternative(new TextPart("plain") { Text = text.Plain }, new TextPart("html") { Text = text.Html }),
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress(MailText.OneLine(order.ToName), order.ToEmail));
        // No vacation notes in answer to it (RFC 3834).
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }

    /// <summary>Names a recipient's order: the left half of the Message-ID.</summary>
    public static string HashOf(MailOrder order) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{UserId.FromEmail(order.ToEmail)}\n{order.Id}")))[..40];
}
