using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.GrainStorage;

/// <summary>Writes, clears and reads in every order, by many grains at once, and keys of every kind.</summary>
public sealed class GrainStorageCycleTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string State = "state";

    private readonly GrainId grain = GrainId.Create("test", "1");
    private readonly List<IHost> hosts = [];
    private TableClient table = null!;

    public static TheoryData<bool, bool> Formats => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    public static TheoryData<string> Keys => [.. new[]
    {
        GrainIdKeyExtensions.CreateIntegerKey(long.MaxValue).ToString(),
        GrainIdKeyExtensions.CreateGuidKey(Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff")).ToString(),
        GrainIdKeyExtensions.CreateGuidKey(Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff"), "ext/ension").ToString(),
        "Привет, мир", "a/b\\c#d?e", "it's 100% \"odd\" & more", new string('k', 480),
    }];

    public async ValueTask InitializeAsync() => table = await azurite.NewTable("Cycles");

    public ValueTask DisposeAsync()
    {
        hosts.ForEach(host => host.Dispose());
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Write_UnderAnyKey_ComesBack(string key)
    {
        var storage = Open();
        var id = GrainId.Create("test", key);

        var written = await Write(storage, id, key);

        var read = await Read(storage, id);
        Assert.Equal((true, written.ETag, key), (read.RecordExists, read.ETag, read.State!.Name));
        Assert.False((await Read(storage, GrainId.Create("test", key + "0"))).RecordExists);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Cycle_OfWritesAndClears_EndsWithWhatWasWrittenLast(bool text, bool delete)
    {
        var storage = Open(text, delete);
        var state = await Write(storage, grain, "Привет");
        Assert.Equal("Привет", (await Read(storage, grain)).State!.Name);
        List<string?> etags = [state.ETag];
        foreach (var clear in new[] { true, true, false, true, false, false })
        {
            if (clear)
            {
                await storage.ClearStateAsync(State, grain, state);
                Assert.NotNull(state.State);
                Assert.Null(state.State.Name);
            }
            else
            {
                state.State = new Person { Name = "again" };
                await storage.WriteStateAsync(State, grain, state);
            }

            var read = await Read(storage, grain);
            Assert.Equal((!clear, !clear, state.ETag, state.State.Name), (state.RecordExists, read.RecordExists, read.ETag, read.State!.Name));
            etags.Add(state.ETag);
        }

        // Each step is a new version; a deleted row has none.
        var versions = etags.Where(etag => etag is not null).ToArray();
        Assert.Equal(versions.Length, versions.Distinct().Count());
    }

    [Fact]
    public async Task Read_WhenNeverWritten_ForgetsWhatTheCallerHad()
    {
        var state = new GrainState<Person> { State = new Person { Name = "stale" }, RecordExists = true, ETag = "stale" };

        await Open().ReadStateAsync(State, grain, state);

        Assert.Equal((false, null, null), (state.RecordExists, state.ETag, state.State!.Name));
    }

    [Fact]
    public async Task Writes_OfManyGrainsAtOnce_AreEachInOrder()
    {
        var storage = Open();
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
        {
            var id = GrainId.Create("test", $"parallel{i}");
            var state = new GrainState<Person>();
            HashSet<string?> etags = [null];
            for (var k = 0; k < 10; k++)
            {
                state.State = new Person { Name = $"{i}/{k}" };
                await storage.WriteStateAsync(State, id, state);
                Assert.True(etags.Add(state.ETag));
                var read = await Read(storage, id);
                Assert.Equal((state.ETag, $"{i}/{k}"), (read.ETag, read.State!.Name));
            }
        });
    }

    [Fact]
    public async Task Writes_OfOneVersionByManyAtOnce_HaveOneWinner()
    {
        var storage = Open();
        await Write(storage, grain, "first");
        var copies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Read(storage, grain)));

        var won = await Task.WhenAll(copies.Select(async (copy, i) =>
        {
            copy.State = new Person { Name = $"{i}" };
            try
            {
                await storage.WriteStateAsync(State, grain, copy);
                return i;
            }
            catch (InconsistentStateException)
            {
                return -1;
            }
        }));

        var winner = Assert.Single(won, i => i >= 0);
        Assert.Equal($"{winner}", (await Read(storage, grain)).State!.Name);
    }

    private static async Task<GrainState<Person>> Write(IGrainStorage storage, GrainId id, string name)
    {
        var state = new GrainState<Person> { State = new Person { Name = name } };
        await storage.WriteStateAsync(State, id, state);
        return state;
    }

    private static async Task<GrainState<Person>> Read(IGrainStorage storage, GrainId id)
    {
        var state = new GrainState<Person>();
        await storage.ReadStateAsync(State, id, state);
        return state;
    }

    private IGrainStorage Open(bool text = false, bool delete = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(serviceId: "svc")
            .AddAzureTableGrainStorage("tables", options =>
                (options.TableServiceClient, options.TableName, options.UseStringFormat, options.DeleteStateOnClear) = (azurite.Tables, table.Name, text, delete)));
        var host = builder.Build();
        hosts.Add(host);
        return host.Services.GetRequiredKeyedService<IGrainStorage>("tables");
    }

    public sealed class Person
    {
        public string? Name { get; set; }
    }
}
