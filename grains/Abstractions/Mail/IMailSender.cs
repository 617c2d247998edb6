namespace OrleansKd.Grains.Abstractions.Mail;

/// <summary>Hands mail over to whoever carries it. One for a silo; called by several outboxes at once.</summary>
public interface IMailSender
{
    /// <summary>No mail is sent here: outboxes queue nothing.</summary>
    bool IsOff { get; }

    /// <summary>
    /// Hands one mail over. <see cref="MailResult.IsSent"/> only when whoever carries it has taken it. Throws for nothing that can go
    /// wrong outside this program: that is a result.
    /// </summary>
    /// <param name="queuedAt">The mail's date. With the order, all that its text and Message-ID come from: a repeated mail is the same mail.</param>
    Task<MailResult> Send(MailOrder order, DateTimeOffset queuedAt, CancellationToken cancellationToken);
}

/// <summary>What became of an attempt to send a mail.</summary>
/// <param name="IsSent">It was taken.</param>
/// <param name="IsFinal">It was taken, or refused for good: no other attempt is made.</param>
/// <param name="Reason">Why it was not taken, for the log and for people; without anybody's address.</param>
public sealed record MailResult(bool IsSent, bool IsFinal, string? Reason)
{
    public static MailResult Sent { get; } = new(true, true, null);

    public static MailResult TryAgain(string reason) => new(false, false, reason);

    public static MailResult Refused(string reason) => new(false, true, reason);
}
