using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using OrleansKd.Contracts;

namespace OrleansKd.Mail;

/// <summary>
/// Hands mails to a mail server, each over a connection of its own. A 5xx for the recipient or the message is a refusal for good; everything
/// else (4xx, a server that is away, TLS, a wrong password) is somebody's to repair.
/// </summary>
public sealed class SmtpCarrier(SmtpOptions smtp) : IMailCarrier, IDisposable
{
    /// <summary>Connections of this process at once: polite to any mail server, and fast enough for a full session within a second.</summary>
    private const int Parallel = 4;

    /// <summary>
    /// For one mail. Long, because a server that takes its time after the last byte may have taken the mail, and giving up there sends it
    /// twice (RFC 5321, 4.5.3.2.6).
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim connections = new(Parallel);
    private readonly X509Certificate2Collection trusted = Trusted(smtp.TrustedCertificateFile);

    /// <inheritdoc/>
    public async Task<MailDelivery> CarryAsync(MimeMessage message, string name, CancellationToken cancellationToken)
    {
        var recipient = message.To.Mailboxes.Single().Address;
        await connections.WaitAsync(cancellationToken);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Limit);
            await SendAsync(message, limit.Token);
            return MailDelivery.Sent;
        }
        catch (SmtpCommandException exception)
        {
            var reason = $"the mail server answered {(int)exception.StatusCode} {WithoutAddress(exception.Message, recipient)}";
            return IsForGood(exception) ? MailDelivery.Refused(reason) : MailDelivery.TryAgain(reason);
        }
        catch (Exception exception) when (IsOutside(exception, cancellationToken))
        {
            return MailDelivery.TryAgain($"{smtp.Host}:{smtp.PortOrDefault}: {WithoutAddress(exception.Message, recipient)}");
        }
        finally
        {
            connections.Release();
        }
    }

    public void Dispose() => connections.Dispose();

    private async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient();
        if (trusted.Count > 0)
            client.ServerCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors);
        await client.ConnectAsync(smtp.Host, smtp.PortOrDefault, smtp.TlsKind switch
        {
            MailTls.Implicit => SecureSocketOptions.SslOnConnect,
            MailTls.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        }, cancellationToken);
        if (smtp is { UserName: { Length: > 0 } user, Password: { Length: > 0 } password })
            await client.AuthenticateAsync(user, password, cancellationToken);
        await client.SendAsync(message, cancellationToken);
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception exception) when (IsOutside(exception, CancellationToken.None))
        {
            // The server has the mail; how it says good-bye does not matter.
        }
    }

    /// <summary>530 and 535 ask for a password: that is about this server, not about the recipient.</summary>
    private static bool IsForGood(SmtpCommandException exception) =>
        exception.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted
        && (int)exception.StatusCode is >= 500 and not (530 or 535);

    private static bool IsOutside(Exception exception, CancellationToken cancellationToken) => exception is
        SmtpProtocolException or CommandException or ServiceNotConnectedException or ServiceNotAuthenticatedException or IOException or SocketException or
        SslHandshakeException or System.Security.Authentication.AuthenticationException or MailKit.Security.AuthenticationException or NotSupportedException or TimeoutException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>Only the chain may be what the system does not know; a wrong name or a missing certificate stays wrong.</summary>
    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors is SslPolicyErrors.None)
            return true;
        if (errors is not SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf)
            return false;
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(trusted);
        if (chain is not null)
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(element => element.Certificate).ToArray());
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return own.Build(leaf);
    }

    private static X509Certificate2Collection Trusted(string? file)
    {
        var certificates = new X509Certificate2Collection();
        if (file is { Length: > 0 })
            certificates.ImportFromPemFile(file);
        return certificates;
    }

    /// <summary>Mail servers repeat whom they refuse, and logs are no place for addresses.</summary>
    private static string WithoutAddress(string message, string address) =>
        VisibleText.Line(message.Replace(address, "the recipient", StringComparison.OrdinalIgnoreCase));
}
