using System.Text;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.GrainStorage;

/// <summary>Grain storage as Orleans uses it, taken from a silo's services; rows are looked at as they are stored.</summary>
public sealed class GrainStorageTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Service = "svc";
    private const string State = "state";

    /// <summary>What Orleans' default serializer makes of a person called Ada.</summary>
    private const string StoredAda =
        """{"$id":"1","$type":"OrleansKd.AzureTables.Tests.GrainStorage.GrainStorageTests+Person, OrleansKd.AzureTables.Tests","Name":"Ada"}""";

    private readonly List<IHost> hosts = [];
    private readonly GrainId grain = GrainId.Create("test", "key/with#odd?characters\\");
    private TableClient table = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => table = await azurite.NewTable("Grain");

    public ValueTask DisposeAsync()
    {
        hosts.ForEach(host => host.Dispose());
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Read_WhenNeverWritten_IsANewState()
    {
        var state = new GrainState<Person>();

        await Open().ReadStateAsync(State, grain, state);

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.NotNull(state.State);
    }

    [Fact]
    public async Task Write_ThenRead_GivesTheSameStateAndETag()
    {
        var storage = Open();
        var written = New("Ada");

        await storage.WriteStateAsync(State, grain, written);

        var read = new GrainState<Person>();
        await storage.ReadStateAsync(State, grain, read);
        Assert.True(written.RecordExists && read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal("Ada", read.State!.Name);
    }

    [Fact]
    public async Task Write_KeepsTheOfficialRow()
    {
        await Open().WriteStateAsync(State, grain, New("Ada"));

        var row = await Row();
        Assert.Equal($"{Service}_test_key_with_odd_characters_", row.PartitionKey);
        Assert.Equal(State, row.RowKey);
        Assert.Equal(["Data"], OwnProperties(row));
        Assert.Equal(StoredAda, Encoding.UTF8.GetString(row.GetBinary("Data")));
    }

    [Fact]
    public async Task Write_InStringFormat_KeepsTheOfficialRowAndIsReadByBoth()
    {
        await Open(options => options.UseStringFormat = true).WriteStateAsync(State, grain, New("Ada"));

        var row = await Row();
        Assert.Equal(($"{Service}_test_key_with_odd_characters_", State), (row.PartitionKey, row.RowKey));
        Assert.Equal(["StringData"], OwnProperties(row));
        Assert.Equal(StoredAda, row.GetString("StringData"));
        Assert.Equal("Ada", (await Read(Open())).State!.Name);
    }

    [Fact]
    public async Task Read_OfBase64TextInData_IsUnderstood()
    {
        await Open().WriteStateAsync(State, grain, New("Ada"));
        var row = await Row();
        await table.UpdateEntityAsync(
            new TableEntity(row.PartitionKey, row.RowKey) { ["Data"] = Convert.ToBase64String(row.GetBinary("Data")) }, row.ETag, TableUpdateMode.Replace, Cancellation);

        Assert.Equal("Ada", (await Read(Open())).State!.Name);
    }

    [Theory]
    [InlineData(false, "Data", 64 * 1024)]
    [InlineData(true, "StringData", 32 * 1024)]
    public async Task Write_OfMuch_IsSplitIntoFullProperties(bool text, string property, int limit)
    {
        var name = string.Concat(Enumerable.Range(0, limit / 2).Select(i => (i % 1000).ToString("D3")));

        await Open(options => options.UseStringFormat = text).WriteStateAsync(State, grain, New(name));

        var row = await Row();
        Assert.Equal([property, property + "1"], OwnProperties(row));
        Assert.Equal(limit, text ? row.GetString(property).Length : row.GetBinary(property).Length);
        Assert.Equal(name, (await Read(Open())).State!.Name);
    }

    /// <summary>It must neither be taken for a state that was cleared, nor for a shorter one.</summary>
    [Theory]
    [InlineData(false, "Data", false)]
    [InlineData(true, "StringData", false)]
    [InlineData(true, "StringData1", false)]
    [InlineData(true, "StringData", true)]
    public async Task Read_WhenAPropertyIsLostOrOfAnotherType_IsRefused(bool text, string property, bool isThere)
    {
        await Open(options => options.UseStringFormat = text).WriteStateAsync(State, grain, New(new string('x', 80 * 1024)));
        var row = await Row();
        row.Remove(property);
        if (isThere)
            row[property] = 7;
        await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, Cancellation);

        await Assert.ThrowsAsync<FormatException>(() => Read(Open()));
    }

    // The official provider writes what fits and drops the rest of a text; losing state silently is worse than refusing it.
    [Theory]
    [InlineData(false, 15 * 64 * 1024)]
    [InlineData(true, 15 * 32 * 1024)]
    public async Task Write_OfTooMuch_IsRefused(bool text, int limit)
    {
        var storage = Open(options => options.UseStringFormat = text);
        var state = New(new string('x', limit));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => storage.WriteStateAsync(State, grain, state));

        Assert.False((await Read(storage)).RecordExists);
    }

    [Fact]
    public async Task Write_OfJustTheLimit_IsKept()
    {
        var storage = Open(options => options.UseStringFormat = true);
        var overhead = await Overhead(storage);
        var name = new string('x', 15 * 32 * 1024 - overhead);

        await storage.WriteStateAsync("large", grain, New(name));

        var read = new GrainState<Person>();
        await storage.ReadStateAsync("large", grain, read);
        Assert.Equal(name, read.State!.Name);
    }

    [Fact]
    public async Task Write_WhenAnotherWroteFirst_IsInconsistent()
    {
        var storage = Open();
        await storage.WriteStateAsync(State, grain, New("first"));
        var one = await Read(storage);
        var two = await Read(storage);
        one.State!.Name = "one";
        await storage.WriteStateAsync(State, grain, one);

        two.State!.Name = "two";
        var refused = await Assert.ThrowsAsync<TableStorageUpdateConditionNotSatisfiedException>(() => storage.WriteStateAsync(State, grain, two));

        Assert.IsAssignableFrom<InconsistentStateException>(refused);
        Assert.Equal("one", (await Read(storage)).State!.Name);
    }

    [Fact]
    public async Task Write_AsNewWhenThereIsARow_IsInconsistent()
    {
        var storage = Open();
        await storage.WriteStateAsync(State, grain, New("first"));

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync(State, grain, New("second")));
    }

    [Fact]
    public async Task Write_WhenTheRowWasDeleted_IsInconsistent()
    {
        var storage = Open();
        var state = New("first");
        await storage.WriteStateAsync(State, grain, state);
        await table.DeleteEntityAsync(await Row(), (await Row()).ETag, Cancellation);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync(State, grain, state));
    }

    [Fact]
    public async Task Write_WhenTheTableIsMissing_IsAFailureAndNoConflict()
    {
        var storage = Open();
        await table.DeleteAsync(Cancellation);

        await Assert.ThrowsAsync<RequestFailedException>(() => storage.WriteStateAsync(State, grain, New("first")));
        await Assert.ThrowsAsync<RequestFailedException>(() => storage.ReadStateAsync(State, grain, New("first")));
    }

    [Fact]
    public async Task Clear_KeepsTheRowWithoutDataAndGuardsIt()
    {
        var storage = Open();
        var state = New("Ada");
        await storage.WriteStateAsync(State, grain, state);
        var before = state.ETag;

        await storage.ClearStateAsync(State, grain, state);

        Assert.False(state.RecordExists);
        Assert.Null(state.State!.Name);
        Assert.NotEqual(before, state.ETag);
        Assert.Empty(OwnProperties(await Row()));
        var read = await Read(storage);
        Assert.False(read.RecordExists);
        Assert.Equal(state.ETag, read.ETag);
        await storage.WriteStateAsync(State, grain, read);
        Assert.True((await Read(storage)).RecordExists);
    }

    [Fact]
    public async Task Clear_WhenNeverWritten_MakesARowWithoutData()
    {
        var storage = Open();
        var state = await Read(storage);

        await storage.ClearStateAsync(State, grain, state);

        Assert.NotNull(state.ETag);
        Assert.Empty(OwnProperties(await Row()));
    }

    [Fact]
    public async Task Clear_WithDelete_DeletesTheRow()
    {
        var storage = Open(options => options.DeleteStateOnClear = true);
        var state = New("Ada");
        await storage.WriteStateAsync(State, grain, state);

        await storage.ClearStateAsync(State, grain, state);

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.NotNull(state.State);
        Assert.Empty(await Rows());
        await storage.ClearStateAsync(State, grain, state);
        await storage.WriteStateAsync(State, grain, state);
        Assert.Single(await Rows());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clear_WhenAnotherWroteFirst_IsInconsistent(bool delete)
    {
        var storage = Open(options => options.DeleteStateOnClear = delete);
        var stale = New("first");
        await storage.WriteStateAsync(State, grain, stale);
        await storage.WriteStateAsync(State, grain, await Read(storage));

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.ClearStateAsync(State, grain, stale));

        Assert.Equal("first", (await Read(storage)).State!.Name);
    }

    [Fact]
    public async Task Clear_WithDeleteWhenTheRowIsGone_IsInconsistent()
    {
        var storage = Open(options => options.DeleteStateOnClear = true);
        var state = New("first");
        await storage.WriteStateAsync(State, grain, state);
        await table.DeleteEntityAsync(await Row(), (await Row()).ETag, Cancellation);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.ClearStateAsync(State, grain, state));
    }

    [Fact]
    public async Task States_OfOneGrainAndOfTwoServices_DoNotMix()
    {
        var storage = Open();
        await storage.WriteStateAsync("one", grain, New("1"));
        await storage.WriteStateAsync("two", grain, New("2"));

        var read = new GrainState<Person>();
        await storage.ReadStateAsync("two", grain, read);
        Assert.Equal("2", read.State!.Name);
        var other = new GrainState<Person>();
        await Open(service: "other").ReadStateAsync("two", grain, other);
        Assert.False(other.RecordExists);
    }

    [Fact]
    public async Task Write_OfAKeyThatIsTooLong_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Open().WriteStateAsync(State, GrainId.Create("test", new string('k', 1024)), New("x")));

    private static GrainState<Person> New(string name) => new() { State = new Person { Name = name } };

    private static string[] OwnProperties(TableEntity row) =>
        [.. row.Keys.Except(["PartitionKey", "RowKey", "Timestamp", "odata.etag"]).Order()];

    private IGrainStorage Open(Action<AzureTableStorageOptions>? configure = null, string service = Service)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(serviceId: service)
            .AddAzureTableGrainStorage("tables", options =>
            {
                options.TableServiceClient = azurite.Tables;
                options.TableName = table.Name;
                configure?.Invoke(options);
            }));
        var host = builder.Build();
        hosts.Add(host);
        return host.Services.GetRequiredKeyedService<IGrainStorage>("tables");
    }

    private async Task<GrainState<Person>> Read(IGrainStorage storage)
    {
        var state = new GrainState<Person>();
        await storage.ReadStateAsync(State, grain, state);
        return state;
    }

    private async Task<int> Overhead(IGrainStorage storage)
    {
        await storage.WriteStateAsync(State, grain, New(""));
        return (await Row()).GetString("StringData").Length;
    }

    private async Task<TableEntity> Row() => Assert.Single(await Rows());

    private async Task<List<TableEntity>> Rows()
    {
        List<TableEntity> rows = [];
        await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: Cancellation))
        {
            rows.Add(row);
        }

        return rows;
    }

    public sealed class Person
    {
        public string? Name { get; set; }
    }
}
