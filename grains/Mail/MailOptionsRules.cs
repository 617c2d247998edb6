using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MimeKit;

namespace OrleansKd.Mail;

/// <summary>Says which setting is wrong and what to set.</summary>
public static class MailOptionsRules
{
    /// <summary>Nothing when mail can be sent with them, or when none is to be sent.</summary>
    public static IEnumerable<string> ProblemsOf(MailOptions options)
    {
        if (options.Kind is null)
            return [$"OrleansKd:Mail:Transport is '{options.Transport}'; it must be {string.Join(", ", Enum.GetNames<MailTransport>())}."];
        if (options.Kind is MailTransport.None)
            return [];
        List<string> problems = [];
        if (!MailboxAddress.TryParse(options.From, out var from) || from.Domain.Length == 0)
            problems.Add($"OrleansKd:Mail:From is '{options.From}'; it must be the sender's address, such as 'OrleansKd <orleanskd@contoso.example>'.");
        if (options.MessageIdDomain is { Length: > 0 } domain && Uri.CheckHostName(domain) is not UriHostNameType.Dns)
            problems.Add($"OrleansKd:Mail:MessageIdDomain is '{domain}'; it must be a domain name, or left out (the sender's).");
        problems.AddRange(options.Kind is MailTransport.Pickup ? CheckFolder(options.PickupFolder) : CheckSmtp(options.Smtp));
        return problems;
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
