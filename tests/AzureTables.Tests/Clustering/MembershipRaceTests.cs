using System.Net;
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

/// <summary>Many silos that write and read one membership at once, and clusters that share a table.</summary>
public sealed class MembershipRaceTests(AzuriteFixture azurite)
{
    private static readonly DateTime Start = new(2026, 11, 23, 10, 0, 0, 125, DateTimeKind.Utc);

    private readonly string tableName = AzuriteFixture.NewTableName("Races");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InsertAndUpdate_OfOneSiloByManyAtOnce_AreEachDoneOnce()
    {
        var table = await Open();
        var first = (await table.ReadAll()).Version.Next();

        var inserted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => table.InsertRow(Silo(1), first)));
        await Task.WhenAll(Enumerable.Range(0, 19).Select(_ => Task.Run(() => Update(table), Cancellation)));

        Assert.Single(inserted, won => won);
        var all = await table.ReadAll();
        Assert.Equal(20, all.Version.Version);
        Assert.Single(all.Members);
    }

    [Fact]
    public async Task Update_OfTwoSilosFromOneVersion_HasOneWinnerAndChangesOneSilo()
    {
        var one = await Open();
        var other = await Open();
        for (var generation = 1; generation <= 2; generation++)
        {
            Assert.True(await one.InsertRow(Silo(generation), (await one.ReadAll()).Version.Next()));
        }

        var before = await one.ReadAll();
        var won = await Task.WhenAll(before.Members.Select((member, i) =>
        {
            member.Item1.Status = SiloStatus.ShuttingDown;
            return (i == 0 ? one : other).UpdateRow(member.Item1, member.Item2, before.Version.Next());
        }));

        Assert.Single(won, w => w);
        var after = await other.ReadAll();
        Assert.Equal(3, after.Version.Version);
        Assert.Single(after.Members, member => member.Item1.Status == SiloStatus.ShuttingDown);
    }

    [Fact]
    public async Task Update_OfASiloThatIsNotThereWithAnothersETag_IsRefusedAndChangesNothing()
    {
        var table = await Open();
        await table.InsertRow(Silo(1), (await table.ReadAll()).Version.Next());
        var before = await table.ReadAll();

        Assert.False(await table.UpdateRow(Silo(2), before.Members[0].Item2, before.Version.Next()));

        var after = await table.ReadAll();
        Assert.Equal(before.Version.VersionEtag, after.Version.VersionEtag);
        Assert.Equal(before.Members.Select(member => member.Item2), after.Members.Select(member => member.Item2));
    }

    [Fact]
    public async Task Update_OfWhatWasRead_DoesNotReachTheTableByItself()
    {
        var table = await Open();
        await table.InsertRow(Silo(1), (await table.ReadAll()).Version.Next());
        var read = (await table.ReadAll()).Members[0].Item1;

        read.Status = SiloStatus.Dead;
        read.AddSuspector(Silo(2).SiloAddress, Start);

        var again = (await table.ReadAll()).Members[0].Item1;
        Assert.Equal(SiloStatus.Active, again.Status);
        Assert.Empty(again.SuspectTimes ?? []);
    }

    // One silo joins with every version: whoever reads version n must see n silos.
    [Fact]
    public async Task Reads_WhileSilosJoin_SeeCommittedStatesOnly()
    {
        var writing = await Open();
        var paging = await Open(pageRows: 2);
        var joined = Task.Run(
            async () =>
            {
                for (var generation = 1; generation <= 12; generation++)
                {
                    Assert.True(await writing.InsertRow(Silo(generation), (await writing.ReadAll()).Version.Next()));
                }
            },
            Cancellation);

        do
        {
            var all = await writing.ReadAll();
            Assert.Equal(all.Version.Version, all.Members.Count);
            var one = await writing.ReadRow(Silo(6).SiloAddress);
            Assert.Equal(one.Version.Version >= 6 ? 1 : 0, one.Members.Count);
            try
            {
                var paged = await paging.ReadAll();
                Assert.Equal(paged.Version.Version, paged.Members.Count);
            }
            catch (InconsistentStateException)
            {
                // It changed during every attempt: an error is right, a torn state would not be.
            }
        }
        while (!joined.IsCompleted);

        await joined;
        Assert.Equal(12, (await paging.ReadAll()).Members.Count);
    }

    [Fact]
    public async Task Clusters_WithTheSameSilosInOneTable_AreApart()
    {
        var one = await Open("one");
        var two = await Open("two");
        await one.InsertRow(Silo(1), (await one.ReadAll()).Version.Next());
        await one.InsertRow(Silo(2), (await one.ReadAll()).Version.Next());
        var before = await one.ReadAll();

        var same = Silo(1);
        same.HostName = "elsewhere";
        Assert.True(await two.InsertRow(same, (await two.ReadAll()).Version.Next()));
        await two.UpdateIAmAlive(new MembershipEntry { SiloAddress = same.SiloAddress, IAmAliveTime = Start.AddHours(1) });

        var after = await one.ReadAll();
        Assert.Equal(before.Version.VersionEtag, after.Version.VersionEtag);
        Assert.All(after.Members, member => Assert.Equal(("host", Start), (member.Item1.HostName, member.Item1.IAmAliveTime)));
        Assert.Equal("elsewhere", (await two.ReadRow(same.SiloAddress)).Members[0].Item1.HostName);
        Assert.Empty((await two.ReadRow(Silo(2).SiloAddress)).Members);
    }

    [Fact]
    public async Task CleanupDefunct_OfSilosInEveryState_LeavesTheActiveOne()
    {
        var table = await Open();
        var generation = 0;
        foreach (var status in Enum.GetValues<SiloStatus>().Except([SiloStatus.None]))
        {
            var silo = Silo(++generation);
            silo.Status = status;
            Assert.True(await table.InsertRow(silo, (await table.ReadAll()).Version.Next()));
        }

        var before = await table.ReadAll();
        await table.CleanupDefunctSiloEntries(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));

        var after = await table.ReadAll();
        Assert.Equal(SiloStatus.Active, Assert.Single(after.Members).Item1.Status);
        Assert.Equal(before.Version.VersionEtag, after.Version.VersionEtag);
    }

    private static async Task Update(AzureMembershipTable table)
    {
        MembershipTableData all;
        do
        {
            all = await table.ReadAll();
        }
        while (!await table.UpdateRow(all.Members[0].Item1, all.Members[0].Item2, all.Version.Next()));
    }

    private static MembershipEntry Silo(int generation) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11111, generation),
        HostName = "host",
        SiloName = $"silo{generation}",
        Status = SiloStatus.Active,
        ProxyPort = 30000,
        StartTime = Start,
        IAmAliveTime = Start,
    };

    private async Task<AzureMembershipTable> Open(string cluster = "c1", int pageRows = 1000)
    {
        var table = new AzureMembershipTable(
            Options.Create(new AzureStorageClusteringOptions { TableServiceClient = azurite.Tables, TableName = tableName }),
            Options.Create(new ClusterOptions { ClusterId = cluster, ServiceId = "svc" }),
            NullLogger<AzureMembershipTable>.Instance)
        { PageRows = pageRows };
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        return table;
    }
}
