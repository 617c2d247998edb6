using MimeKit;

namespace OrleansKd.Mail;

/// <summary>Hands mail over to whoever carries it. Called by several at once.</summary>
public interface IMailCarrier
{
    /// <summary>
    /// Hands one mail over. <see cref="MailDelivery.IsSent"/> only when it was taken. Throws for nothing that can go wrong outside this
    /// program: that is a result.
    /// </summary>
    /// <param name="message">To one recipient.</param>
    /// <param name="name">Names this mail, also when it is repeated; fit for a file's name.</param>
    Task<MailDelivery> CarryAsync(MimeMessage message, string name, CancellationToken cancellationToken);
}

/// <summary>What became of an attempt to hand a mail over.</summary>
/// <param name="IsSent">It was taken.</param>
/// <param name="IsFinal">It was taken, or refused for good: no other attempt is worth it.</param>
/// <param name="Reason">Why it was not taken, for the log and for people; without anybody's address.</param>
public sealed record MailDelivery(bool IsSent, bool IsFinal, string? Reason)
{
    public static MailDelivery Sent { get; } = new(true, true, null);

    public static MailDelivery TryAgain(string reason) => new(false, false, reason);

    public static MailDelivery Refused(string reason) => new(false, true, reason);
}

/// <summary>The carrier that settings name.</summary>
public static class MailCarrier
{
    /// <summary>Null when no mail is sent. The caller disposes it.</summary>
    public static IMailCarrier? For(MailOptions options) => options.Kind switch
    {
        MailTransport.Smtp => new SmtpCarrier(options.Smtp),
        MailTransport.Pickup => new PickupCarrier(options.PickupFolder),
        _ => null,
    };
}
