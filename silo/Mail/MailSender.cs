using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Mail;

namespace OrleansKd.Silo.Mail;

/// <summary>From an order to a mail that somebody carries.</summary>
internal sealed class MailSender(SiloMailOptions options) : IMailSender, IDisposable
{
    private readonly MailMessages messages = new(options);
    private readonly IMailCarrier carrier = MailCarrier.For(options) ?? throw new ArgumentException("No mail is sent with these settings.", nameof(options));

    public bool IsOff => false;

    public async Task<MailResult> Send(MailOrder order, DateTimeOffset queuedAt, CancellationToken cancellationToken)
    {
        if (messages.TryMake(order, queuedAt, out var problem) is not { } message)
            return problem!;
        using (message)
        {
            var delivery = await carrier.CarryAsync(message, $"{queuedAt.UtcDateTime:yyyyMMdd-HHmmss}-{MailMessages.HashOf(order)}", cancellationToken);
            return new MailResult(delivery.IsSent, delivery.IsFinal, delivery.Reason);
        }
    }

    public void Dispose() => (carrier as IDisposable)?.Dispose();
}
