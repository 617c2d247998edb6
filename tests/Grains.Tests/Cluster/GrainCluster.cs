using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.TestingHost;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Organizations;
using OrleansKd.Grains.Sessions;
using OrleansKd.Testing.MailServer;
using OrleansKd.Testing.SessionLog;

namespace OrleansKd.Grains.Tests.Cluster;

/// <summary>A cluster of real silos in this process over one session log in memory. One for each test that stalls or breaks it.</summary>
public sealed class GrainCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster cluster;

    private GrainCluster(InProcessTestCluster cluster) => this.cluster = cluster;

    public InMemorySessionLog Log { get; private init; } = null!;

    public StoredGrains Stored { get; private init; } = null!;

    public StoredReminders Reminders { get; private init; } = null!;

    public RecordingMailSender Mail { get; private init; } = null!;

    public IGrainFactory Grains => cluster.Client;

    public InProcessTestCluster Silos => cluster;

    /// <param name="reminderTime">The reminders' clock; null: the system's.</param>
    public static async Task<GrainCluster> StartAsync(short silos = 1, Action<SessionOptions>? configure = null, TimeProvider? time = null, TimeProvider? reminderTime = null)
    {
        var (log, stored, reminders, mail) = (new InMemorySessionLog(), new StoredGrains(), new StoredReminders(), new RecordingMailSender());
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddKeyedSingleton("OrleansKd", (services, _) => stored.For(services.GetRequiredService<Serializer>()));
            silo.AddReminders();
            silo.Services.AddSingleton<IReminderTable>(reminders);
            if (reminderTime is not null)
                silo.Services.AddKeyedSingleton("Orleans.Reminders", reminderTime);
            silo.Services.AddSingleton<IMailSender>(mail);
            silo.Services.AddSingleton<ISessionLog>(log);
            silo.Services.AddSingleton(time ?? TimeProvider.System);
            silo.Services.AddOptions<SessionOptions>().Configure(configure ?? (_ => { }));
            silo.Services.Configure<OrganizationOptions>(options => options.Organizations.AddRange(Organizations));
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new GrainCluster(cluster) { Log = log, Stored = stored, Reminders = reminders, Mail = mail };
    }

    internal static OrganizationSettings[] Organizations =>
    [
        new() { Name = "Contoso", Domains = ["contoso.example"], Administrators = ["admin@contoso.example"], Hosts = ["ann@contoso.example"], Joiners = ["ann@contoso.example"] },
        new() { Name = "Fabrikam", Domains = ["fabrikam.example"], Administrators = ["admin@fabrikam.example"], Joiners = [.. Enumerable.Range(1, 1_000).Select(i => $"client{i}@fabrikam.example"), "bob@fabrikam.example"] },
    ];

    public async Task<Person> SignIn(string email, string name = "Somebody")
    {
        var outcome = await Grains.User(UserId.FromEmail(email)).SignIn(new ProvenIdentity("https://issuer.example", email, email, name, IsProven: true));
        return outcome.Value?.Person ?? throw new InvalidOperationException(outcome.Refusal!.Message);
    }

    /// <summary>Ann hosts a session whose debugger is played by an agent in this process.</summary>
    public async Task<(ISessionGrain Session, SessionId Id, ScriptedAgent Agent, Person Host)> HostSession(
        bool throughServer = false, string debuggerKind = "gdb", string computer = "lab", string arguments = "", string email = "ann@contoso.example", bool? clientsMayReopen = null)
    {
        var ann = await SignIn(email, "Ann Host");
        var agent = new ScriptedAgent(Grains, ann, throughServer) { DebuggerKind = debuggerKind, Computer = computer };
        await agent.RegisterAsync();
        var id = SessionId.New();
        var hosting = Grains.Session(id).Host(ann.Id, new HostSession(agent.Computer, "/usr/bin/gdb", arguments, "crash", "", ClientsMayReopen: clientsMayReopen));
        await agent.AnswerOneAsync(problem: null);
        var outcome = await hosting;
        Assert.Null(outcome.Refusal);
        return (Grains.Session(id), id, agent, ann);
    }

    /// <summary>Ends every activation; the next call of each grain begins with what is stored.</summary>
    public Task CollectAsync() => Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);

    /// <summary>The silo where this grain is active; null: it is not.</summary>
    public async Task<SiloAddress?> OwnerOf(IGrain grain) => await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);

    /// <summary>That silo stops answering, without a word.</summary>
    public Task KillAsync(SiloAddress? silo) => cluster.KillSiloAsync(cluster.Silos.Single(handle => handle.SiloAddress.Equals(silo)));

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();
}
