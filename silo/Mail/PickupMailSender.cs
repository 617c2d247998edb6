using Microsoft.Extensions.Options;
using MimeKit;
using OrleansKd.Grains.Abstractions.Mail;

namespace OrleansKd.Silo.Mail;

/// <summary>
/// Writes each mail as an <c>.eml</c> file. A file is there whole or not at all, and a mail that is repeated replaces its own file: here
/// each is there exactly once.
/// </summary>
internal sealed class PickupMailSender(IOptions<MailOptions> options) : IMailSender
{
    private readonly MailMessages messages = new(options.Value);

    public bool IsOff => false;

    public async Task<MailResult> Send(MailOrder order, DateTimeOffset queuedAt, CancellationToken cancellationToken)
    {
        if (messages.TryMake(order, queuedAt, out var problem) is not { } message)
            return problem!;
        using (message)
        {
            var file = Path.Combine(options.Value.PickupFolder, $"{queuedAt.UtcDateTime:yyyyMMdd-HHmmss}-{MailMessages.HashOf(order)}.eml");
            try
            {
                message.Prepare(EncodingConstraint.SevenBit);
                await using (var stream = new FileStream(file + ".new", FileMode.Create, FileAccess.Write))
                {
                    await message.WriteToAsync(stream, cancellationToken);
                    stream.Flush(flushToDisk: true);
                }
                File.Move(file + ".new", file, overwrite: true);
                return MailResult.Sent;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return MailResult.TryAgain(exception.Message);
            }
        }
    }
}
