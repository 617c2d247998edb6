using System.Net;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansKd.AzureTables.Clustering;
using OrleansKd.AzureTables.Reminders;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.Tables;

/// <summary>
/// One request of grain storage, membership or reminders meets a fault, with the repetitions of the SDK above it. What was not carried
/// out is repeated; what was is never reported as something else than it is.
/// </summary>
public sealed class ProviderFaultTests(AzuriteFixture azurite)
{
    private const int Attempts = 4;

    private readonly Faults faults = new();
    private readonly string tableName = AzuriteFixture.NewTableName("Faults");
    private readonly GrainId grain = GrainId.Create("test", "1");

    public static TheoryData<Fault> Kinds => [.. Enum.GetValues<Fault>().Except([Fault.None, Fault.Forbidden403])];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task GrainState_WhenOneWriteMeetsAFault_IsWrittenOrInconsistentAndReadAgainIsTheTruth(Fault fault)
    {
        using var host = OpenStorage(out var storage);
        var state = new GrainState<Person> { State = new Person { Name = "old" } };
        await storage.WriteStateAsync("state", grain, state);

        state.State = new Person { Name = "new" };
        faults.At(1, fault, method => method != RequestMethod.Get);
        var failure = await Record.ExceptionAsync(() => storage.WriteStateAsync("state", grain, state));
        faults.Stop();

        // Landed and repeated, or refused as somebody else's: the grain reads again, and finds what is stored.
        Assert.True(failure is null or InconsistentStateException, failure?.ToString());
        Assert.Equal(fault is Fault.Conflict409 or Fault.Mismatch412 or >= Fault.Done503, failure is not null);
        var read = new GrainState<Person>();
        await storage.ReadStateAsync("state", grain, read);
        Assert.Equal(fault is Fault.Conflict409 or Fault.Mismatch412 ? "old" : "new", read.State!.Name);
        read.State.Name = "next";
        await storage.WriteStateAsync("state", grain, read);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task GrainState_WhenOneReadMeetsAFault_IsReadAllTheSame(Fault fault)
    {
        using var host = OpenStorage(out var storage);
        var state = new GrainState<Person> { State = new Person { Name = "stored" } };
        await storage.WriteStateAsync("state", grain, state);

        faults.At(1, fault);
        var read = new GrainState<Person>();
        await storage.ReadStateAsync("state", grain, read);

        Assert.Equal((true, "stored"), (read.RecordExists, read.State!.Name));
    }

    [Theory]
    [InlineData(Fault.Busy503)]
    [InlineData(Fault.Busy500)]
    [InlineData(Fault.TooMany429)]
    [InlineData(Fault.NotSent)]
    [InlineData(Fault.NotSentSilence)]
    public async Task GrainState_WhenEveryRequestFails_FailsAfterABoundedNumberAndIsNeverEmpty(Fault fault)
    {
        using var host = OpenStorage(out var storage);
        var state = new GrainState<Person> { State = new Person { Name = "old" } };
        await storage.WriteStateAsync("state", grain, state);
        faults.Others = _ => fault;
        var seen = faults.RequestsSeen;

        var read = new GrainState<Person> { State = new Person { Name = "untouched" } };
        await Assert.ThrowsAnyAsync<Exception>(() => storage.ReadStateAsync("state", grain, read));
        Assert.Equal(Attempts, faults.RequestsSeen - seen);
        Assert.Equal("untouched", read.State.Name);
        var failed = await Record.ExceptionAsync(() => storage.WriteStateAsync("state", grain, state));
        Assert.False(failed is null or InconsistentStateException, failed?.ToString());
        Assert.Equal(2 * Attempts, faults.RequestsSeen - seen);
    }

    [Fact]
    public async Task GrainState_WhenForbidden_FailsAtOnce()
    {
        using var host = OpenStorage(out var storage);
        faults.Others = _ => Fault.Forbidden403;

        await Assert.ThrowsAsync<RequestFailedException>(() => storage.ReadStateAsync("state", grain, new GrainState<Person>()));
        await Assert.ThrowsAsync<RequestFailedException>(() => storage.WriteStateAsync("state", grain, new GrainState<Person> { State = new Person() }));

        Assert.Equal(2, faults.RequestsSeen);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Membership_WhenOneRequestMeetsAFault_SaysWhatIsInTheTableOrThatItIsNotSure(Fault fault)
    {
        var table = new AzureMembershipTable(
            Options.Create(new AzureStorageClusteringOptions { TableServiceClient = Client(), TableName = tableName }),
            Options.Create(new ClusterOptions { ClusterId = "c", ServiceId = "s" }),
            NullLogger<AzureMembershipTable>.Instance);
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        var silo = new MembershipEntry
        {
            SiloAddress = SiloAddress.New(IPAddress.Loopback, 1, 1),
            HostName = "h",
            SiloName = "s",
            Status = SiloStatus.Active,
            StartTime = DateTime.UnixEpoch,
            IAmAliveTime = DateTime.UnixEpoch,
        };
        var before = await table.ReadAll();

        faults.At(1, fault);
        var inserted = await table.InsertRow(silo, before.Version.Next());
        faults.At(1, fault);
        var after = await table.ReadAll();

        // False means: read again. What is there then is the truth, whole or not at all.
        var landed = fault is not (Fault.Conflict409 or Fault.Mismatch412);
        Assert.Equal(landed && fault < Fault.Done503, inserted);
        Assert.Equal((landed ? 1 : 0, landed ? 1 : 0), (after.Version.Version, after.Members.Count));
        if (landed)
        {
            faults.At(1, fault);
            silo.IAmAliveTime = DateTime.UnixEpoch.AddMinutes(1);
            await table.UpdateIAmAlive(silo);
            faults.Stop();
            Assert.Equal(silo.IAmAliveTime, (await table.ReadRow(silo.SiloAddress)).Members[0].Item1.IAmAliveTime);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Reminders_WhenOneRequestMeetsAFault_AreKeptAndRemovedOnce(Fault fault)
    {
        var table = new AzureReminderTable(
            Options.Create(new AzureTableReminderStorageOptions { TableServiceClient = Client(), TableName = tableName }),
            Options.Create(new ClusterOptions { ClusterId = "c", ServiceId = "s" }), TimeProvider.System, NullLogger<AzureReminderTable>.Instance);
        await table.StartAsync(Cancellation);
        var entry = new ReminderEntry { GrainId = grain, ReminderName = "r", StartAt = DateTime.UnixEpoch, Period = TimeSpan.FromMinutes(1) };
        var isContention = fault is Fault.Conflict409 or Fault.Mismatch412;

        faults.At(1, fault);
        var etag = isContention ? null : await table.UpsertRow(entry);
        faults.Stop();
        etag ??= await table.UpsertRow(entry);
        faults.At(1, fault);
        var read = await table.ReadRow(grain, "r");
        faults.At(1, fault);
        var removed = await table.RemoveRow(grain, "r", etag!);
        faults.Stop();

        Assert.Equal(etag, read!.ETag);
        // A removal that landed and was repeated finds nothing: false, and it is gone.
        Assert.Equal(!isContention && fault < Fault.Done503, removed);
        Assert.Equal(isContention, await table.ReadRow(grain, "r") is not null);
    }

    private TableServiceClient Client()
    {
        var options = new TableClientOptions();
        (options.Retry.MaxRetries, options.Retry.Delay, options.Retry.NetworkTimeout) = (Attempts - 1, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(300));
        faults.AddTo(options);
        return new TableServiceClient(azurite.ConnectionString, options);
    }

    private IHost OpenStorage(out IGrainStorage storage)
    {
        var client = Client();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(serviceId: "svc")
            .AddAzureTableGrainStorage("tables", options => (options.TableServiceClient, options.TableName) = (client, tableName)));
        var host = builder.Build();
        storage = host.Services.GetRequiredKeyedService<IGrainStorage>("tables");
        azurite.Tables.CreateTableIfNotExists(tableName, Cancellation);
        return host;
    }

    public sealed class Person
    {
        public string? Name { get; set; }
    }
}
