using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MimeKit;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Mail;
using OrleansKd.Mail;
using OrleansKd.Silo.Mail;
using OrleansKd.Silo.Tests.Mail;
using OrleansKd.Testing.Azurite;
using OrleansKd.Testing.MailServer;
using OrleansKd.Testing.Processes;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace OrleansKd.Silo.Tests.Mail;

/// <summary>A silo that sends mail, with state and reminders in real tables. It can be killed, and another one goes on with what it left.</summary>
internal sealed class MailSilo(AzuriteFixture azurite, SiloMailOptions mail) : IAsyncDisposable
{
    private readonly string service = AzuriteFixture.NewTableName("mail");
    private IHost? host;

    public Action<MailOutboxOptions> Patience { get; init; } = outbox =>
        (outbox.FirstPause, outbox.LongestPause) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200));

    public TimeProvider Time { get; init; } = TimeProvider.System;

    private IGrainFactory Grains => host!.Services.GetRequiredService<IGrainFactory>();

    public static SiloMailOptions Smtp(MailServerProcess server) => new()
    {
        Transport = "smtp",
        From = "OrleansKd <orleanskd@contoso.example>",
        ServerAddress = "https://debug.contoso.example",
        Smtp = new SmtpOptions { Host = "127.0.0.1", Port = server.Port, Tls = server.Tls, TrustedCertificateFile = server.CertificateFile, UserName = server.Account?.User, Password = server.Account?.Password },
    };

    /// <summary>Starts a silo: another cluster each time, with the same data.</summary>
    public async Task<MailSilo> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            var place = ServerPlace.Anywhere();
            silo.UseLocalhostClustering(place.SiloPort, place.GatewayPort, null, service, AzuriteFixture.NewTableName("cluster"));
            silo.AddAzureTableGrainStorage("OrleansKd", options => (options.TableServiceClient, options.TableName) = (azurite.Tables, service + "grains"));
            silo.UseAzureTableReminderService(options => (options.TableServiceClient, options.TableName) = (azurite.Tables, service + "reminders"));
            silo.Services.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromSeconds(1));
            silo.Services.AddOptions<MailOutboxOptions>().Configure(Patience);
            silo.Services.AddSingleton(Time);
            silo.Services.AddSingleton<IMailSender>(new MailSender(mail));
        });
        host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return this;
    }

    /// <summary>The silo is gone without having stored anything more.</summary>
    public async Task KillAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await host!.StopAsync(now.Token);
        host = null;
    }

    public Task EnqueueAsync(MailOrder order) => Grains.MailOutbox(UserId.FromEmail(order.ToEmail)).Enqueue(order);

    public Task<MailStatus> StatusOfAsync(MailOrder order) => Grains.MailOutbox(UserId.FromEmail(order.ToEmail)).StatusOf(order.Id);

    /// <summary>What the reminder does every minute.</summary>
    public Task RemindAsync(MailOrder order) => Grains.MailOutbox(UserId.FromEmail(order.ToEmail)).AsReference<IRemindable>().ReceiveReminder("mail", default);

    public async Task BecomesAsync(MailOrder order, MailStatus status)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await StatusOfAsync(order) != status)
            await timer.WaitForNextTickAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
            await host.StopAsync(CancellationToken.None);
        host?.Dispose();
    }

    public static MailOrder OrderTo(string email, string id = "order-1", string name = "Bob Client") => new(id, MailKind.InvitationToClient, email, name, new Dictionary<string, string>
    {
        [MailValues.SessionId] = "abcdefghijklmnopqrstuvwxyz",
        [MailValues.SessionName] = "crash in ntfs",
        [MailValues.SessionDescription] = "It stops\nin the file system.",
        [MailValues.HostName] = "Ann Host",
        [MailValues.HostCompany] = "Contoso",
        [MailValues.HostEmail] = "ann@contoso.example",
    });

    public static MimeMessage Read(ReceivedMail mail) => MimeMessage.Load(new MemoryStream(mail.Raw), TestContext.Current.CancellationToken);
}
