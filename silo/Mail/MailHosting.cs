using Microsoft.Extensions.Options;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Mail;
using OrleansKd.Mail;

namespace OrleansKd.Silo.Mail;

/// <summary>Mail leaves from silos: an edge alone has nothing to send.</summary>
internal static class MailHosting
{
    public static IServiceCollection AddOrleansKdMail(this IServiceCollection services)
    {
        services.AddOptions<SiloMailOptions>().BindConfiguration("OrleansKd:Mail").ValidateOnStart();
        services.AddSingleton<IValidateOptions<SiloMailOptions>, MailOptionsValidator>();
        services.AddOptions<MailOutboxOptions>().BindConfiguration("OrleansKd:Mail:Outbox").ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOutboxOptions>, MailOutboxOptionsValidator>();
        services.AddSingleton(Sender);
        services.AddHostedService<MailStart>();
        return services;
    }

    private static IMailSender Sender(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<SiloMailOptions>>().Value;
        return options.Kind is MailTransport.None ? new NoMailSender() : new MailSender(options);
    }
}

/// <summary>Says once where mail goes: one that nobody sends is missed only much later.</summary>
internal sealed partial class MailStart(IOptions<SiloMailOptions> options, ILogger<MailStart> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var mail = options.Value;
        if (mail.Kind is MailTransport.Smtp)
            LogServer(mail.Smtp.Host, mail.Smtp.PortOrDefault, mail.Smtp.Tls);
        else if (mail.Kind is MailTransport.Pickup)
            LogFolder(mail.PickupFolder);
        else
            LogNone();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Mail goes to {Host}, port {Port}, TLS {Tls}")]
    private partial void LogServer(string host, int port, string tls);

    [LoggerMessage(Level = LogLevel.Information, Message = "Mail is written to {Folder}")]
    private partial void LogFolder(string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No mail is sent: people see invitations only in the client. Set OrleansKd:Mail:Transport to Smtp (or, on one machine, Pickup)")]
    private partial void LogNone();
}
