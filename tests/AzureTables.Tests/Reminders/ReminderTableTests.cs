using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using Orleans.Runtime;
using OrleansKd.AzureTables.Reminders;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.Reminders;

/// <summary>The reminder table as Orleans uses it, and its rows as other programs of the same service must find them.</summary>
public sealed class ReminderTableTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 11, 23, 10, 0, 0, 125, DateTimeKind.Utc);

    private readonly string tableName = AzuriteFixture.NewTableName("Reminders");
    private AzureReminderTable reminders = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => reminders = await Open();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Upsert_ThenRead_GivesTheSame()
    {
        var entry = Reminder(1, "daily");

        var etag = await reminders.UpsertRow(entry);

        var read = await reminders.ReadRow(entry.GrainId, "daily");
        AssertSame(entry, read!);
        Assert.Equal(etag, read!.ETag);
    }

    [Fact]
    public async Task Upsert_KeepsTheOfficialRow()
    {
        var entry = Reminder(1, "a/b");
        await reminders.UpsertRow(entry);

        TableEntity? row = null;
        await foreach (var found in azurite.Tables.GetTableClient(tableName).QueryAsync<TableEntity>(cancellationToken: Cancellation))
        {
            Assert.Null(row);
            row = found;
        }

        var hash = entry.GrainId.GetUniformHashCode().ToString("X8");
        Assert.Equal(($"svc_{hash}", "test_1-a_b"), (row!.PartitionKey, row.RowKey));
        Assert.Equal(
            [
                ("DeploymentId", "c1"),
                ("GrainRefConsistentHash", hash),
                ("GrainReference", "test/1"),
                ("Period", "1.02:03:04.5000000"),
                ("ReminderName", "a/b"),
                ("ServiceId", "svc"),
                ("StartAt", "2026-11-23 10:00:00.125 GMT"),
            ],
            row.Where(p => p.Key is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")).Select(p => (p.Key, (string)p.Value)).OrderBy(p => p.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Upsert_Again_ReplacesWithoutACondition()
    {
        var entry = Reminder(1, "daily");
        var first = await reminders.UpsertRow(entry);
        entry.Period = TimeSpan.FromMinutes(7);

        var second = await reminders.UpsertRow(entry);

        Assert.NotEqual(first, second);
        AssertSame(entry, (await reminders.ReadRow(entry.GrainId, "daily"))!);
    }

    [Fact]
    public async Task Remove_IsConditional()
    {
        var entry = Reminder(1, "daily");
        var stale = await reminders.UpsertRow(entry);
        var current = await reminders.UpsertRow(entry);

        Assert.False(await reminders.RemoveRow(entry.GrainId, "daily", stale!));
        Assert.NotNull(await reminders.ReadRow(entry.GrainId, "daily"));
        Assert.True(await reminders.RemoveRow(entry.GrainId, "daily", current!));
        Assert.Null(await reminders.ReadRow(entry.GrainId, "daily"));
        Assert.False(await reminders.RemoveRow(entry.GrainId, "daily", current!));
    }

    [Fact]
    public async Task ReadRows_OfAGrain_GivesItsRemindersOnly()
    {
        var grain = Reminder(1, "one").GrainId;
        await reminders.UpsertRow(Reminder(1, "one"));
        await reminders.UpsertRow(Reminder(1, "two"));
        await reminders.UpsertRow(Reminder(2, "one"));

        var read = await reminders.ReadRows(grain);

        Assert.Equal(["one", "two"], read.Reminders.Select(r => r.ReminderName).Order());
        Assert.All(read.Reminders, r => Assert.Equal(grain, r.GrainId));
    }

    [Fact]
    public async Task ReadRows_OfEveryRange_ExcludesItsBeginIncludesItsEndAndWraps()
    {
        var entries = Enumerable.Range(0, 30).Select(i => Reminder(i, "r")).OrderBy(e => e.GrainId.GetUniformHashCode()).ToArray();
        foreach (var entry in entries)
        {
            await reminders.UpsertRow(entry);
        }

        var hashes = entries.Select(e => e.GrainId.GetUniformHashCode()).ToArray();
        uint[] points = [0, 1, hashes[0] - 1, hashes[0], hashes[10], hashes[10] + 1, hashes[29], uint.MaxValue];
        foreach (var begin in points)
        {
            foreach (var end in points)
            {
                var expected = hashes.Where(hash => begin == end
                    || (begin < end ? hash > begin && hash <= end : hash > begin || hash <= end));

                var read = await reminders.ReadRows(begin, end);

                Assert.Equal(expected, read.Reminders.Select(r => r.GrainId.GetUniformHashCode()).Order());
            }
        }
    }

    // "svc_1_…" sorts between "svc_1…" and "svc_2…".
    [Theory]
    [InlineData("svc_1")]
    [InlineData("svc_")]
    [InlineData("svc_F")]
    public async Task ReadRows_WhenAnotherServicesKeysFallIntoTheRange_LeavesThemOut(string otherService)
    {
        var other = await Open(otherService);
        for (var i = 0; i < 20; i++)
        {
            await other.UpsertRow(Reminder(i, "other"));
        }

        await reminders.UpsertRow(Reminder(1, "own"));

        Assert.Equal("own", Assert.Single((await reminders.ReadRows(0, 0)).Reminders).ReminderName);
        Assert.Equal("own", Assert.Single((await reminders.ReadRows(0, uint.MaxValue)).Reminders).ReminderName);
        Assert.Equal(20, (await other.ReadRows(0, 0)).Reminders.Count);
    }

    [Fact]
    public async Task ReadRows_OfARowThatNobodyUnderstands_LeavesItOut()
    {
        await reminders.UpsertRow(Reminder(1, "good"));
        var table = azurite.Tables.GetTableClient(tableName);
        await table.AddEntityAsync(new TableEntity("svc_00000001", "bad") { ["ServiceId"] = "svc", ["Period"] = "x" }, Cancellation);
        await table.AddEntityAsync(new TableEntity("svc_00000001", "worse") { ["ServiceId"] = 7, ["GrainReference"] = true }, Cancellation);

        Assert.Single((await reminders.ReadRows(0, 0)).Reminders);
    }

    [Fact]
    public async Task Clear_LeavesOtherServicesAndClustersAlone()
    {
        var otherService = await Open("other");
        var otherCluster = await Open(cluster: "c2");
        await reminders.UpsertRow(Reminder(1, "own"));
        await reminders.UpsertRow(Reminder(2, "own"));
        await otherService.UpsertRow(Reminder(1, "x"));
        await otherCluster.UpsertRow(Reminder(3, "x"));

        await reminders.TestOnlyClearTable();

        Assert.Equal("x", Assert.Single((await reminders.ReadRows(0, 0)).Reminders).ReminderName);
        Assert.Single((await otherService.ReadRows(0, 0)).Reminders);
    }

    [Fact]
    public async Task Operations_BeforeTheStart_WaitForIt()
    {
        var table = New("svc", "c1");
        var reading = table.ReadRow(Reminder(1, "x").GrainId, "x");
        Assert.False(reading.IsCompleted);

        await table.StartAsync(Cancellation);

        Assert.Null(await reading);
    }

    [Fact]
    public async Task Operations_WhenStoppedBeforeTheStart_AreCancelled()
    {
        var table = New("svc", "c1");
        var reading = table.ReadRows(0, 0);

        await table.StopAsync(Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private static ReminderEntry Reminder(int grain, string name) => new()
    {
        GrainId = GrainId.Create("test", $"{grain}"),
        ReminderName = name,
        StartAt = Start,
        Period = new TimeSpan(1, 2, 3, 4, 500),
    };

    private static void AssertSame(ReminderEntry expected, ReminderEntry actual) => Assert.Equal(
        (expected.GrainId, expected.ReminderName, expected.StartAt, expected.Period),
        (actual.GrainId, actual.ReminderName, actual.StartAt, actual.Period));

    private async Task<AzureReminderTable> Open(string service = "svc", string cluster = "c1")
    {
        var table = New(service, cluster);
        await table.StartAsync(Cancellation);
        return table;
    }

    private AzureReminderTable New(string service, string cluster) => new(
        Options.Create(new AzureTableReminderStorageOptions { TableServiceClient = azurite.Tables, TableName = tableName }),
        Options.Create(new ClusterOptions { ServiceId = service, ClusterId = cluster }),
        TimeProvider.System,
        NullLogger<AzureReminderTable>.Instance);
}
