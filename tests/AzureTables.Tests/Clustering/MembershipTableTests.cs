using System.Net;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansKd.AzureTables.Clustering;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.Clustering;

/// <summary>The membership table as Orleans uses it, and its rows as other programs of the same cluster must find them.</summary>
public sealed class MembershipTableTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Cluster = "c1";
    private static readonly DateTime Start = new(2026, 11, 23, 10, 0, 0, 125, DateTimeKind.Utc);

    private readonly string tableName = AzuriteFixture.NewTableName("Silos");
    private AzureMembershipTable membership = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TableClient Table => azurite.Tables.GetTableClient(tableName);

    public async ValueTask InitializeAsync()
    {
        membership = Open();
        await membership.InitializeMembershipTable(tryInitTableVersion: true);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Initialize_ByManyAtOnce_MakesTheVersionRowsOnce()
    {
        var name = AzuriteFixture.NewTableName("Silos");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Open(name: name).InitializeMembershipTable(true)));

        Assert.Equal(0, (await Open(name: name).ReadAll()).Version.Version);
        Assert.Equal(["!Start", "VersionRow", "~End"], (await Rows(name)).Select(row => row.RowKey));
    }

    [Fact]
    public async Task Initialize_OfATableInUse_ChangesNothing()
    {
        await Insert(Silo(1));

        await Open().InitializeMembershipTable(true);

        Assert.Equal(1, (await membership.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task Insert_ThenRead_GivesEveryMember()
    {
        var silo = Silo(1);
        silo.RoleName = "role";
        silo.AddSuspector(Silo(2).SiloAddress, Start.AddSeconds(1));
        silo.AddSuspector(Silo(3).SiloAddress, Start.AddSeconds(2));

        Assert.True(await Insert(silo));

        var all = await membership.ReadAll();
        var one = await membership.ReadRow(silo.SiloAddress);
        Assert.Equal(1, all.Version.Version);
        AssertSame(silo, Assert.Single(all.Members).Item1);
        AssertSame(silo, Assert.Single(one.Members).Item1);
        Assert.Equal(all.Members[0].Item2, one.Members[0].Item2);
        Assert.Equal(all.Version.VersionEtag, one.Version.VersionEtag);
    }

    [Fact]
    public async Task Insert_KeepsTheOfficialRows()
    {
        var silo = Silo(1);
        silo.AddSuspector(Silo(2).SiloAddress, Start);
        silo.AddSuspector(Silo(3).SiloAddress, Start.AddMinutes(1));
        await Insert(silo);

        var rows = await Rows();

        Assert.Equal(["!Start", "127.0.0.1-11111-1", "VersionRow", "~End"], rows.Select(row => row.RowKey));
        Assert.All(rows, row => Assert.Equal(Cluster, row.PartitionKey));
        AssertProperties(rows[0], ("DeploymentId", Cluster), ("MembershipVersion", "1"), ("Status", "Active"));
        AssertProperties(rows[2], ("DeploymentId", Cluster), ("MembershipVersion", "1"));
        AssertProperties(rows[3], ("DeploymentId", Cluster), ("MembershipVersion", "1"), ("Status", "Active"));
        AssertProperties(
            rows[1],
            ("Address", "127.0.0.1"),
            ("DeploymentId", Cluster),
            ("FaultZone", "4"),
            ("Generation", "1"),
            ("HostName", "host"),
            ("IAmAliveTime", "2026-11-23 10:00:00.125 GMT"),
            ("InstanceName", "silo1"),
            ("Port", "11111"),
            ("ProxyPort", "30000"),
            ("SiloName", "silo1"),
            ("StartTime", "2026-11-23 10:00:00.125 GMT"),
            ("Status", "Active"),
            ("SuspectingSilos", "127.0.0.1:11111@2|127.0.0.1:11111@3"),
            ("SuspectingTimes", "2026-11-23 10:00:00.125 GMT|2026-11-23 10:01:00.125 GMT"),
            ("UpdateZone", "3"));
    }

    [Fact]
    public async Task Insert_OfTheSameSilo_IsRefusedAndChangesNothing()
    {
        await Insert(Silo(1));

        Assert.False(await Insert(Silo(1)));

        Assert.Equal(1, (await membership.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task Insert_WithAStaleVersion_IsRefusedAndChangesNothing()
    {
        var stale = (await membership.ReadAll()).Version.Next();
        await Insert(Silo(1));

        Assert.False(await membership.InsertRow(Silo(2), stale));

        var all = await membership.ReadAll();
        Assert.Equal(1, all.Version.Version);
        Assert.Single(all.Members);
    }

    [Fact]
    public async Task Update_WithBothETags_ChangesSiloAndVersion()
    {
        await Insert(Silo(1));
        var (entry, etag, version) = await One();
        entry.Status = SiloStatus.Dead;
        entry.AddSuspector(Silo(2).SiloAddress, Start);

        Assert.True(await membership.UpdateRow(entry, etag, version.Next()));

        var after = await One();
        Assert.Equal(2, after.Version.Version);
        AssertSame(entry, after.Entry);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Update_WithAStaleETag_IsRefusedAndChangesNothing(bool siloIsStale)
    {
        await Insert(Silo(1));
        var (entry, etag, version) = await One();
        Assert.True(await membership.UpdateRow(entry, etag, version.Next()));
        var now = await One();
        entry.Status = SiloStatus.Dead;

        Assert.False(siloIsStale
            ? await membership.UpdateRow(entry, etag, now.Version.Next())
            : await membership.UpdateRow(entry, now.ETag, version.Next()));

        var after = await One();
        Assert.Equal(SiloStatus.Active, after.Entry.Status);
        Assert.Equal(2, after.Version.Version);
    }

    [Fact]
    public async Task Update_OfASiloThatIsNotThere_IsRefused()
    {
        var version = (await membership.ReadAll()).Version;

        Assert.False(await membership.UpdateRow(Silo(1), "W/\"datetime'2026-11-23T00%3A00%3A00.0000000Z'\"", version.Next()));
    }

    [Fact]
    public async Task Changes_ByManyAtOnce_AreInOneOrder()
    {
        var won = 0;
        await Task.WhenAll(Enumerable.Range(1, 6).Select(generation => Task.Run(async () =>
        {
            while (!await Insert(Silo(generation)))
            {
            }

            Interlocked.Increment(ref won);
        }, Cancellation)));

        var all = await membership.ReadAll();
        Assert.Equal((6, 6, 6), (won, all.Version.Version, all.Members.Count));
    }

    [Fact]
    public async Task UpdateIAmAlive_ChangesTheTimeAndNothingElse()
    {
        var silo = Silo(1);
        await Insert(silo);
        var version = (await membership.ReadAll()).Version;
        var alive = new MembershipEntry { SiloAddress = silo.SiloAddress, IAmAliveTime = Start.AddMinutes(5) };

        await membership.UpdateIAmAlive(alive);

        var after = await One();
        silo.IAmAliveTime = Start.AddMinutes(5);
        AssertSame(silo, after.Entry);
        Assert.Equal(version.Version, after.Version.Version);
        Assert.Equal(version.VersionEtag, after.Version.VersionEtag);
    }

    [Fact]
    public async Task ReadRow_OfASiloThatIsNotThere_HasTheVersionOnly()
    {
        await Insert(Silo(1));

        var none = await membership.ReadRow(Silo(9).SiloAddress);

        Assert.Empty(none.Members);
        Assert.Equal(1, none.Version.Version);
    }

    [Fact]
    public async Task ReadAll_WithoutAVersionRow_IsInconsistent() =>
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Open(cluster: "unknown").ReadAll());

    [Fact]
    public async Task ReadAll_OfARowThatNobodyUnderstands_LeavesItOut()
    {
        await Insert(Silo(1));
        await Table.AddEntityAsync(new TableEntity(Cluster, "10.0.0.1-1-1") { ["Address"] = "no address", ["Status"] = "Active" }, Cancellation);

        Assert.Single((await membership.ReadAll()).Members);
    }

    [Fact]
    public async Task ReadAll_InSeveralPages_GivesAllSilos()
    {
        for (var generation = 1; generation <= 5; generation++)
        {
            Assert.True(await Insert(Silo(generation)));
        }

        var all = await Open(pageRows: 2).ReadAll();

        Assert.Equal(5, all.Members.Count);
        Assert.Equal(5, all.Version.Version);
    }

    [Theory]
    [InlineData(5, 5, 5, true)]
    [InlineData(5, 4, 5, false)]
    [InlineData(5, 5, 6, false)]
    [InlineData(4, 5, 5, false)]
    [InlineData(6, 5, 5, true)]
    [InlineData(6, 4, 5, true)]
    [InlineData(6, null, null, true)]
    [InlineData(5, 5, null, false)]
    public async Task ReadAll_InSeveralPages_AcceptsOneStateOnly(int version, int? start, int? end, bool accepted)
    {
        Assert.True(await Insert(Silo(1)));
        await Set("VersionRow", version);
        await Set("!Start", start);
        await Set("~End", end);

        var reading = Open(pageRows: 2).ReadAll();

        if (accepted)
        {
            Assert.Equal(version, (await reading).Version.Version);
        }
        else
        {
            await Assert.ThrowsAnyAsync<InconsistentStateException>(() => reading);
        }

        Assert.Equal(version, (await membership.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task CleanupDefunct_DeletesOldSilosThatAreNotActive()
    {
        await Insert(Silo(1));
        var dead = Silo(2);
        dead.Status = SiloStatus.Dead;
        await Insert(dead);

        await membership.CleanupDefunctSiloEntries(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(2, (await membership.ReadAll()).Members.Count);
        await membership.CleanupDefunctSiloEntries(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));

        var all = await membership.ReadAll();
        Assert.Equal(Silo(1).SiloAddress, Assert.Single(all.Members).Item1.SiloAddress);
        Assert.Equal(2, all.Version.Version);
        Assert.Equal(4, (await Rows()).Count);
    }

    [Fact]
    public async Task CleanupDefunct_OfMoreThanATransactionTakes_DeletesAll()
    {
        for (var i = 0; i < 103; i++)
        {
            var silo = Silo(i + 1);
            silo.Status = SiloStatus.Dead;
            await Table.AddEntityAsync(MembershipRow.ToRow(Cluster, silo), Cancellation);
        }

        await membership.CleanupDefunctSiloEntries(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.Empty((await membership.ReadAll()).Members);
    }

    [Fact]
    public async Task DeleteMembershipTableEntries_LeavesOtherClustersAlone()
    {
        await Insert(Silo(1));
        var other = Open(cluster: "c2");
        await other.InitializeMembershipTable(true);

        await membership.DeleteMembershipTableEntries(Cluster);

        Assert.All(await Rows(), row => Assert.Equal("c2", row.PartitionKey));
        Assert.Equal(0, (await other.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task Read_WhenTheTableIsMissing_IsAFailureAndNotEmpty()
    {
        await Table.DeleteAsync(Cancellation);

        await Assert.ThrowsAsync<RequestFailedException>(membership.ReadAll);
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => Insert(Silo(1), new TableVersion(0, "W/\"datetime'2026-11-23T00%3A00%3A00.0000000Z'\"")));
    }

    [Fact]
    public async Task Gateways_WhenARowCanNotBeUnderstood_AreThoseOfTheOthers()
    {
        await Insert(Silo(1));
        await azurite.Tables.GetTableClient(tableName).AddEntityAsync(
            new TableEntity(Cluster, "10.0.0.9-30000-9") { ["Status"] = nameof(SiloStatus.Active), ["ProxyPort"] = "a port", ["Address"] = "10.0.0.9", ["Generation"] = "9" }, TestContext.Current.CancellationToken);
        var gateways = new AzureGatewayListProvider(
            Options.Create(new AzureStorageGatewayOptions { TableServiceClient = azurite.Tables, TableName = tableName }),
            Options.Create(new ClusterOptions { ClusterId = Cluster, ServiceId = "svc" }),
            Options.Create(new GatewayOptions()), NullLogger<AzureGatewayListProvider>.Instance);
        await gateways.InitializeGatewayListProvider();
        Assert.Equal([SiloAddress.New(IPAddress.Loopback, 30000, 1).ToGatewayUri()], await gateways.GetGateways());
    }

    [Fact]
    public async Task Gateways_AreThoseOfActiveSilosThatHaveOne()
    {
        var dead = Silo(2);
        dead.Status = SiloStatus.Dead;
        var withoutGateway = Silo(3);
        withoutGateway.ProxyPort = 0;
        await Insert(Silo(1));
        await Insert(dead);
        await Insert(withoutGateway);
        var gateways = new AzureGatewayListProvider(
            Options.Create(new AzureStorageGatewayOptions { TableServiceClient = azurite.Tables, TableName = tableName }),
            Options.Create(new ClusterOptions { ClusterId = Cluster, ServiceId = "svc" }),
            Options.Create(new GatewayOptions()), NullLogger<AzureGatewayListProvider>.Instance);
        await gateways.InitializeGatewayListProvider();

        var uris = await gateways.GetGateways();

        Assert.Equal([SiloAddress.New(IPAddress.Loopback, 30000, 1).ToGatewayUri()], uris);
        Assert.True(gateways.IsUpdatable);
    }

    private static MembershipEntry Silo(int generation) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11111, generation),
        HostName = "host",
        SiloName = $"silo{generation}",
        Status = SiloStatus.Active,
        ProxyPort = 30000,
        UpdateZone = 3,
        FaultZone = 4,
        StartTime = Start,
        IAmAliveTime = Start,
    };

    private static void AssertSame(MembershipEntry expected, MembershipEntry actual)
    {
        Assert.Equal(expected.ToFullString(), actual.ToFullString());
        Assert.Equal(
            (expected.RoleName, expected.SiloName, expected.UpdateZone, expected.FaultZone, expected.StartTime, expected.IAmAliveTime),
            (actual.RoleName, actual.SiloName, actual.UpdateZone, actual.FaultZone, actual.StartTime, actual.IAmAliveTime));
    }

    private static void AssertProperties(TableEntity row, params (string Name, object Value)[] expected) => Assert.Equal(
        expected,
        row.Where(p => p.Key is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")).Select(p => (p.Key, p.Value)).OrderBy(p => p.Key, StringComparer.Ordinal));

    private AzureMembershipTable Open(string cluster = Cluster, string? name = null, int pageRows = 1000) => new(
        Options.Create(new AzureStorageClusteringOptions { TableServiceClient = azurite.Tables, TableName = name ?? tableName }),
        Options.Create(new ClusterOptions { ClusterId = cluster, ServiceId = "svc" }),
        NullLogger<AzureMembershipTable>.Instance)
    { PageRows = pageRows };

    private async Task<bool> Insert(MembershipEntry silo, TableVersion? version = null) =>
        await membership.InsertRow(silo, (version ?? (await membership.ReadAll()).Version).Next());

    private async Task<(MembershipEntry Entry, string ETag, TableVersion Version)> One()
    {
        var all = await membership.ReadAll();
        var (entry, etag) = Assert.Single(all.Members);
        return (entry, etag, all.Version);
    }

    private async Task Set(string rowKey, int? version)
    {
        var row = (await Table.GetEntityAsync<TableEntity>(Cluster, rowKey, cancellationToken: Cancellation)).Value;
        if (version is null)
        {
            await Table.DeleteEntityAsync(row, row.ETag, Cancellation);
            return;
        }

        row["MembershipVersion"] = version.Value.ToString();
        await Table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, Cancellation);
    }

    private async Task<List<TableEntity>> Rows(string? name = null)
    {
        List<TableEntity> rows = [];
        await foreach (var row in azurite.Tables.GetTableClient(name ?? tableName).QueryAsync<TableEntity>(cancellationToken: Cancellation))
        {
            rows.Add(row);
        }

        return rows;
    }
}
