using MimeKit;
using OrleansKd.SignIn.Tests.Infrastructure;
using OrleansKd.Testing.MailServer;

namespace OrleansKd.SignIn.Tests;

/// <summary>Codes through a real mail server.</summary>
public sealed class SmtpTests
{
    [Fact]
    public async Task Code_WhenTheMailServerComesBack_ArrivesOverTlsAndIsGood()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var smtp = await MailServerProcess.StartAsync(cancellation, "StartTls", ("kd", "s3cret"));
        await smtp.StopAsync();
        await using var server = await SignInServer.OpenAsync(
            ":OrleansKd:Mail:Transport=Smtp", ":OrleansKd:Mail:Smtp:Host=127.0.0.1", $":OrleansKd:Mail:Smtp:Port={smtp.Port}",
            $":OrleansKd:Mail:Smtp:TrustedCertificateFile={smtp.CertificateFile}", ":OrleansKd:Mail:Smtp:UserName=kd", ":OrleansKd:Mail:Smtp:Password=s3cret");
        var email = SignIns.NewEmail();
        using var device = await Device.BeginAsync(server.Address);
        using var browser = new Browser(server.Address);
        await browser.AskForCodeAsync(device.UserCode, email);
        await SignInServer.UntilAsync(() => Task.FromResult(server.Output.Contains("was not taken", StringComparison.Ordinal)), "a mail that is not taken");
        await smtp.StartAgainAsync(cancellation);
        await smtp.UntilAsync(() => smtp.Mails.Count > 0, "the mail", cancellation);
        var mail = Assert.Single(smtp.Mails);

        Assert.Equal((email, true, "kd"), (mail.To, mail.IsSecure, mail.User));
        await browser.SubmitAsync(("code", SignInServer.CodeIn(MimeMessage.Load(new MemoryStream(mail.Raw), cancellation))));
        Assert.Equal("/device/name", browser.Path);
        Assert.DoesNotContain(email, server.Output, StringComparison.Ordinal);
    }
}
