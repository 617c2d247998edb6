using OrleansKd.Mail;

namespace OrleansKd.Silo.Mail;

/// <summary>Section <c>OrleansKd:Mail</c>: who carries the mail of this silo, and what it says of this deployment.</summary>
public sealed class SiloMailOptions : MailOptions
{
    /// <summary>The address at which people reach the edge, for the mail's text.</summary>
    public string ServerAddress { get; set; } = "";
}
