using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using Orleans.Runtime;
using OrleansKd.AzureTables.Reminders;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.Reminders;

/// <summary>Many reminders and many writers, ids with odd characters, and the table's start and stop.</summary>
public sealed class ReminderCrowdTests(AzuriteFixture azurite)
{
    // Ids as odd as Orleans' own suite uses them.
    private const string Service = "1f0c/foo";
    private const string Cluster = "test-1f0c/foo/foo2";
    private static readonly DateTime Start = new(2026, 11, 23, 10, 0, 0, 125, DateTimeKind.Utc);

    private readonly string tableName = AzuriteFixture.NewTableName("Reminders");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadRows_OfAThousand_GivesEachOnceInTheWholeRingAndInItsHalves()
    {
        var table = await Open();
        var entries = Enumerable.Range(0, 1000).Select(i => Reminder($"grain{i}", $"r{i}")).ToArray();
        await Parallel.ForEachAsync(entries, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation },
            async (entry, _) => await table.UpsertRow(entry));

        var all = (await table.ReadRows(0, 0)).Reminders;
        var low = (await table.ReadRows(0, int.MaxValue)).Reminders;
        var high = (await table.ReadRows(int.MaxValue, 0)).Reminders;

        Assert.Equal(entries.Select(e => e.ReminderName).Order(), all.Select(e => e.ReminderName).Order());
        Assert.Equal(all.Select(e => e.ReminderName).Order(), low.Concat(high).Select(e => e.ReminderName).Order());
        Assert.All(low, e => Assert.InRange(e.GrainId.GetUniformHashCode(), 1u, (uint)int.MaxValue));
        Assert.NotEmpty(low);
        Assert.NotEmpty(high);
    }

    [Fact]
    public async Task Upsert_OfOneReminderByManyAtOnce_GivesEachAnETagAndTheLastOneRemoves()
    {
        var table = await Open();

        var etags = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => table.UpsertRow(Reminder("g", "r"))));

        Assert.Equal(20, etags.Distinct().Count());
        var current = (await table.ReadRow(Reminder("g", "r").GrainId, "r"))!.ETag;
        Assert.Contains(current, etags);
        var removed = await Task.WhenAll(etags.Select(etag => table.RemoveRow(Reminder("g", "r").GrainId, "r", etag!)));
        Assert.Equal(etags.Select(etag => etag == current), removed);
    }

    [Fact]
    public async Task Upsert_OfManyGrainsAtOnce_KeepsThemApart()
    {
        var table = await Open();

        await Task.WhenAll(from grain in Enumerable.Range(0, 10) from name in Enumerable.Range(0, 5) select table.UpsertRow(Reminder($"g{grain}", $"r{name}")));

        for (var grain = 0; grain < 10; grain++)
        {
            Assert.Equal(["r0", "r1", "r2", "r3", "r4"], (await table.ReadRows(Reminder($"g{grain}", "").GrainId)).Reminders.Select(e => e.ReminderName).Order());
        }
    }

    [Theory]
    [InlineData("a/b\\c#d?e", "x/y\\z#?")]
    [InlineData("Привет", "напоминание")]
    [InlineData("with space & 'quote'", "100% \"sure\" - yes.")]
    [InlineData("dash-dash", "-.-")]
    public async Task Identity_WithOddCharacters_ComesBack(string key, string name)
    {
        var table = await Open();
        var entry = Reminder(key, name);
        var etag = await table.UpsertRow(entry);
        await table.UpsertRow(Reminder("other", name));

        var one = await table.ReadRow(entry.GrainId, name);
        var ofGrain = Assert.Single((await table.ReadRows(entry.GrainId)).Reminders);

        Assert.Equal((entry.GrainId, name, etag), (one!.GrainId, one.ReminderName, one.ETag));
        Assert.Equal((entry.GrainId, name, etag), (ofGrain.GrainId, ofGrain.ReminderName, ofGrain.ETag));
        Assert.True(await table.RemoveRow(entry.GrainId, name, etag!));
    }

    [Fact]
    public async Task Reminders_ThatAreNotThere_AreReadAsNoneAndNotRemoved()
    {
        var table = await Open();
        var etag = await table.UpsertRow(Reminder("g", "there"));

        Assert.Null(await table.ReadRow(Reminder("g", "").GrainId, "missing"));
        Assert.Empty((await table.ReadRows(Reminder("unknown", "").GrainId)).Reminders);
        Assert.False(await table.RemoveRow(Reminder("g", "").GrainId, "missing", etag!));
        Assert.NotNull(await table.ReadRow(Reminder("g", "").GrainId, "there"));
    }

    [Fact]
    public async Task Clear_OfAServiceWithOddIds_LeavesNothing()
    {
        var table = await Open();
        await table.UpsertRow(Reminder("a", "r"));
        await table.UpsertRow(Reminder("b", "r"));

        await table.TestOnlyClearTable();

        Assert.Empty((await table.ReadRows(0, 0)).Reminders);
    }

    [Fact]
    public async Task Start_AgainAndAfterAStop_GoesOn()
    {
        var table = await Open();
        await table.UpsertRow(Reminder("g", "r"));
        await table.StartAsync(Cancellation);
        await table.StopAsync(Cancellation);
        await table.StartAsync(Cancellation);

        Assert.NotNull(await table.ReadRow(Reminder("g", "r").GrainId, "r"));
    }

    [Fact]
    public async Task Start_WhenCancelled_SaysSo()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => New().StartAsync(cancelled.Token));
    }

    private static ReminderEntry Reminder(string key, string name) => new()
    {
        GrainId = GrainId.Create("test", key),
        ReminderName = name,
        StartAt = Start,
        Period = TimeSpan.FromMinutes(5),
    };

    private async Task<AzureReminderTable> Open()
    {
        var table = New();
        await table.StartAsync(Cancellation);
        return table;
    }

    private AzureReminderTable New() => new(
        Options.Create(new AzureTableReminderStorageOptions { TableServiceClient = azurite.Tables, TableName = tableName }),
        Options.Create(new ClusterOptions { ServiceId = Service, ClusterId = Cluster }),
        TimeProvider.System,
        NullLogger<AzureReminderTable>.Instance);
}
