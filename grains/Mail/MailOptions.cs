using MimeKit;

namespace OrleansKd.Mail;

/// <summary>Who carries the mail.</summary>
public enum MailTransport
{
    /// <summary>Nobody: people are told in the client only.</summary>
    None,

    /// <summary>A mail server.</summary>
    Smtp,

    /// <summary>A folder of <c>.eml</c> files, for one machine.</summary>
    Pickup,
}

/// <summary>How the connection to the mail server is protected.</summary>
public enum MailTls
{
    /// <summary>From its first byte (port 465).</summary>
    Implicit,

    /// <summary>After STARTTLS, which the server must offer (port 587).</summary>
    StartTls,

    /// <summary>Not at all: for a mail server on this machine, and never with a password elsewhere.</summary>
    None,
}

/// <summary>Section <c>OrleansKd:Mail</c>: who carries the mail. Texts, so that a wrong one can be named.</summary>
public class MailOptions
{
    /// <summary>A <see cref="MailTransport"/>.</summary>
    public string Transport { get; set; } = nameof(MailTransport.None);

    /// <summary>The sender: <c>OrleansKd &lt;orleanskd@contoso.example&gt;</c>.</summary>
    public string From { get; set; } = "";

    /// <summary>
    /// The right half of every Message-ID; null: the sender's domain. A mail that is repeated after a crash has the same Message-ID only
    /// as long as this stays the same.
    /// </summary>
    public string? MessageIdDomain { get; set; }

    /// <summary>For <see cref="MailTransport.Pickup"/>.</summary>
    public string PickupFolder { get; set; } = "";

    /// <summary>For <see cref="MailTransport.Smtp"/>.</summary>
    public SmtpOptions Smtp { get; set; } = new();

    public MailTransport? Kind => Parse<MailTransport>(Transport);

    public string Domain => MessageIdDomain is { Length: > 0 } domain ? domain : MailboxAddress.Parse(From).Domain;

    internal static T? Parse<T>(string text)
        where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]) ? value : null;
}

/// <summary>Section <c>OrleansKd:Mail:Smtp</c>.</summary>
public sealed class SmtpOptions
{
    public string Host { get; set; } = "";

    /// <summary>Null: 465 with implicit TLS, 587 with STARTTLS, 25 without.</summary>
    public int? Port { get; set; }

    /// <summary>A <see cref="MailTls"/>.</summary>
    public string Tls { get; set; } = nameof(MailTls.StartTls);

    /// <summary>Null: the server asks for none.</summary>
    public string? UserName { get; set; }

    /// <summary>Never logged.</summary>
    public string? Password { get; set; }

    /// <summary>PEM file with certificates of an authority of your own, trusted for the mail server beside the system's.</summary>
    public string? TrustedCertificateFile { get; set; }

    public MailTls? TlsKind => MailOptions.Parse<MailTls>(Tls);

    public int PortOrDefault => Port ?? TlsKind switch
    {
        MailTls.Implicit => 465,
        MailTls.StartTls => 587,
        _ => 25,
    };
}
