using System.Security.Cryptography;
using MimeKit;
using OrleansKd.Mail;

namespace OrleansKd.SignIn.Mail;

/// <summary>The mail with a code, which says whom it is for and what not to do with it.</summary>
internal static class CodeMail
{
    public static MimeMessage Make(MailOptions options, CodeMailOrder order)
    {
        var text = new MailText($"Your code to sign in to OrleansKd")
            .Paragraph($"Somebody, we hope you, signs in to OrleansKd on {order.Device} with your mail address. The code for the sign-in's page is")
            .Command($"{Shown(order.Code)}")
            .Paragraph($"It is good for {order.Minutes} minutes, and only in the browser that asked for it. The page names the device: go on only if it is yours.")
            .Paragraph($"Nobody from OrleansKd ever asks you for this code. If you did not ask for it, ignore this mail; nothing happens.");
        var message = new MimeMessage
        {
            Subject = text.Subject,
            Date = order.At,
            MessageId = $"{order.Name}@{options.Domain}",
            Body = new MultipartAlternative(new TextPart("plain") { Text = text.Plain }, new TextPart("html") { Text = text.Html }),
        };
        message.From.Add(MailboxAddress.Parse(options.From));
        message.To.Add(new MailboxAddress("", order.To));
        // No vacation notes in answer to it (RFC 3834).
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }

    private static string Shown(string code) => $"{code[..4]} {code[4..]}";
}

/// <param name="Device">As the device calls itself.</param>
/// <param name="At">When it was asked for.</param>
internal sealed record CodeMailOrder(string To, string Code, string Device, int Minutes, DateTimeOffset At)
{
    /// <summary>The mail's name; nothing of it says whose it is.</summary>
    public string Name { get; } = $"{At.UtcDateTime:yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";

    public override string ToString() => Name;
}
