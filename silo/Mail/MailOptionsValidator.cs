using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using MimeKit;

namespace OrleansKd.Silo.Mail;

/// <summary>Says at start which setting is wrong and what to set.</summary>
internal sealed class MailOptionsValidator : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        if (options.Kind is null)
            return ValidateOptionsResult.Fail($"OrleansKd:Mail:Transport is '{options.Transport}'; it must be {string.Join(", ", Enum.GetNames<MailTransport>())}.");
        if (options.Kind is MailTransport.None)
            return ValidateOptionsResult.Success;
        List<string> failures = [];
        if (!MailboxAddress.TryParse(options.From, out var from) || from.Domain.Length == 0)
            failures.Add($"OrleansKd:Mail:From is '{options.From}'; it must be the sender's address, such as 'OrleansKd <orleanskd@contoso.example>'.");
        if (!Uri.TryCreate(options.ServerAddress, UriKind.Absolute, out var server) || server.Scheme is not ("https" or "http"))
            failures.Add($"OrleansKd:Mail:ServerAddress is '{options.ServerAddress}'; it must be the https address at which people reach this server: mails say how to join.");
        else if (server.Scheme is "http" && !server.IsLoopback)
            failures.Add($"OrleansKd:Mail:ServerAddress {server} has no TLS and is not on this machine. People sign in there: use https.");
        if (options.MessageIdDomain is { Length: > 0 } domain && Uri.CheckHostName(domain) is not UriHostNameType.Dns)
            failures.Add($"OrleansKd:Mail:MessageIdDomain is '{domain}'; it must be a domain name, or left out (the sender's).");
        if (options.Kind is MailTransport.Pickup)
            failures.AddRange(CheckFolder(options.PickupFolder));
        else
            failures.AddRange(CheckSmtp(options.Smtp));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> CheckFolder(string folder)
    {
        if (folder.Length == 0)
            return ["OrleansKd:Mail:PickupFolder is not set; name the folder that mails are written to."];
        try
        {
            Directory.CreateDirectory(folder);
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [$"OrleansKd:Mail:PickupFolder '{folder}' can't be made: {exception.Message} Name another folder."];
        }
    }

    private static IEnumerable<string> CheckSmtp(SmtpOptions smtp)
    {
        if (Uri.CheckHostName(smtp.Host) is UriHostNameType.Unknown)
            yield return $"OrleansKd:Mail:Smtp:Host is '{smtp.Host}'; it must be the name or address of your mail server.";
        if (smtp.Port is < 1 or > 65535)
            yield return $"OrleansKd:Mail:Smtp:Port is {smtp.Port}; it must be from 1 to 65535, or left out.";
        if (smtp.TlsKind is null)
            yield return $"OrleansKd:Mail:Smtp:Tls is '{smtp.Tls}'; it must be {string.Join(", ", Enum.GetNames<MailTls>())}.";
        if (smtp.UserName is { Length: > 0 } != smtp.Password is { Length: > 0 })
            yield return "OrleansKd:Mail:Smtp:UserName and :Password belong together; set both or neither.";
        if (smtp is { TlsKind: MailTls.None, Password.Length: > 0 } && !IsThisMachine(smtp.Host))
            yield return $"OrleansKd:Mail:Smtp:Tls is None, so the password would travel readable to {smtp.Host}. Set it to StartTls or Implicit.";
        if (smtp.TrustedCertificateFile is { Length: > 0 } file && ProblemWith(file) is { } problem)
            yield return $"OrleansKd:Mail:Smtp:TrustedCertificateFile '{file}' can't be used: {problem}";
    }

    private static string? ProblemWith(string file)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            return certificates.Count > 0 ? null : "it holds no certificate. Name a PEM file.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return exception.Message;
        }
    }

    private static bool IsThisMachine(string host) => host is "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
