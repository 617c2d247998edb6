using OrleansKd.Grains.Abstractions.Mail;

namespace OrleansKd.Silo.Mail;

/// <summary>Mail is switched off: what waits from before goes on waiting.</summary>
internal sealed class NoMailSender : IMailSender
{
    public bool IsOff => true;

    public Task<MailResult> Send(MailOrder order, DateTimeOffset queuedAt, CancellationToken cancellationToken) =>
        Task.FromResult(MailResult.TryAgain("mail is switched off on this silo (OrleansKd:Mail:Transport)"));
}
