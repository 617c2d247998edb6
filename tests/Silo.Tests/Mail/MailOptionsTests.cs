using OrleansKd.Grains.Mail;
using OrleansKd.Mail;
using OrleansKd.Silo.Mail;

namespace OrleansKd.Silo.Tests.Mail;

/// <summary>Wrong settings of mail are named at start, with what to set.</summary>
public sealed class MailOptionsTests
{
    private static readonly MailOptionsValidator Validator = new();

    [Theory]
    [InlineData("None")]
    [InlineData("smtp")]
    public void Options_WhenComplete_AreFine(string transport)
    {
        var options = Complete();
        options.Transport = transport;
        Assert.True(Validator.Validate(null, options).Succeeded);
    }

    [Theory]
    [InlineData("Transport", "smpt", "Transport is 'smpt'")]
    [InlineData("Transport", "7", "Transport is '7'")]
    [InlineData("From", "", "Mail:From")]
    [InlineData("From", "nobody", "Mail:From")]
    [InlineData("ServerAddress", "debug.contoso.example", "Mail:ServerAddress")]
    [InlineData("ServerAddress", "http://debug.contoso.example", "no TLS")]
    [InlineData("MessageIdDomain", "a b", "MessageIdDomain")]
    [InlineData("Host", "", "Smtp:Host")]
    [InlineData("Port", "0", "Smtp:Port")]
    [InlineData("Tls", "yes", "Smtp:Tls is 'yes'")]
    [InlineData("Tls", "none", "readable")]
    [InlineData("UserName", "", "belong together")]
    [InlineData("TrustedCertificateFile", "/nowhere/ca.pem", "/nowhere/ca.pem")]
    [InlineData("PickupFolder", "", "PickupFolder is not set")]
    [InlineData("PickupFolder", "/dev/null/mail", "can't be made")]
    public void Options_WhenWrong_AreNamed(string setting, string value, string expected)
    {
        var options = Complete();
        if (setting == "PickupFolder")
            options.Transport = "Pickup";
        var target = typeof(SiloMailOptions).GetProperty(setting) is null ? (object)options.Smtp : options;
        var property = target.GetType().GetProperty(setting)!;
        property.SetValue(target, property.PropertyType == typeof(string) ? value : int.Parse(value));

        var failures = Validator.Validate(null, options);

        Assert.True(failures.Failed);
        Assert.Contains(expected, failures.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failures.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 900, 60, "FirstPause")]
    [InlineData(10, 5, 60, "LongestPause")]
    [InlineData(10, 900, 59, "ReminderPeriod")]
    [InlineData(10, 900, 60, null)]
    public void Outbox_WhenItsPausesMakeNoSense_IsNamed(int first, int longest, int reminder, string? expected)
    {
        var result = new MailOutboxOptionsValidator().Validate(null, new MailOutboxOptions
        {
            FirstPause = TimeSpan.FromSeconds(first),
            LongestPause = TimeSpan.FromSeconds(longest),
            ReminderPeriod = TimeSpan.FromSeconds(reminder),
        });

        Assert.Equal(expected is not null, result.Failed);
        Assert.Contains(expected ?? "", result.FailureMessage ?? "", StringComparison.Ordinal);
    }

    private static SiloMailOptions Complete() => new()
    {
        Transport = "Smtp",
        From = "OrleansKd <orleanskd@contoso.example>",
        ServerAddress = "https://debug.contoso.example",
        Smtp = new SmtpOptions { Host = "mail.contoso.example", UserName = "kd", Password = "s3cret" },
    };
}
