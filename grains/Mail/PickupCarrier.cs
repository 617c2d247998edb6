using MimeKit;

namespace OrleansKd.Mail;

/// <summary>
/// Writes each mail as an <c>.eml</c> file. A file is there whole or not at all, and a mail that is repeated replaces its own file: here
/// each is there exactly once.
/// </summary>
public sealed class PickupCarrier(string folder) : IMailCarrier
{
    /// <inheritdoc/>
    public async Task<MailDelivery> CarryAsync(MimeMessage message, string name, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, name + ".eml");
        try
        {
            message.Prepare(EncodingConstraint.SevenBit);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            // A mail is its recipient's: what it says may be a secret.
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var stream = new FileStream(file + ".new", options))
            {
                await message.WriteToAsync(stream, cancellationToken);
                stream.Flush(flushToDisk: true);
            }
            File.Move(file + ".new", file, overwrite: true);
            return MailDelivery.Sent;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return MailDelivery.TryAgain(exception.Message);
        }
    }
}
