using OrleansKd.AzureTables.Tests.Tables;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.SessionLog;

/// <summary>Every operation of a log, with every fault at each of its requests in turn: it succeeds, and the log is what it would be without.</summary>
public sealed class SessionLogFaultMatrixTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly Faults faults = new();
    private Logs? logs;
    private Logs? undisturbed;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<Fault> Kinds => [.. Enum.GetValues<Fault>().Except([Fault.None, Fault.Forbidden403])];

    public async ValueTask InitializeAsync()
    {
        logs = await Logs.Open(azurite, options =>
        {
            options.ConfigureClient = client =>
            {
                faults.AddTo(client);
                client.Retry.Delay = TimeSpan.FromMilliseconds(10);
            };
            options.AttemptTimeout = TimeSpan.FromMilliseconds(150);
        });
        undisturbed = await Logs.Open(azurite, tableName: logs.Table.Name);
    }

    public async ValueTask DisposeAsync()
    {
        await logs!.DisposeAsync();
        await undisturbed!.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task TakeOver_OfANewLog_Succeeds(Fault fault) => AtEveryRequest(fault, async _ =>
    {
        var fresh = SessionId.New();

        var writer = await logs!.Log.TakeOver(fresh, create: true, Cancellation);

        Assert.Equal(writer!.Head, await Other.ReadHead(fresh, Cancellation));
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task TakeOverAndAppend_OfALog_Succeed(Fault fault) => AtEveryRequest(fault, async session =>
    {
        var before = (await Other.ReadHead(session, Cancellation))!;

        var writer = (await logs!.Log.TakeOver(session, create: false, Cancellation))!;
        await writer.Append(Entries.Numbered(3, 1), default, Cancellation);

        Assert.True(writer.Head.Epoch > before.Epoch);
        Assert.Equal(writer.Head, await Other.ReadHead(session, Cancellation));
        Entries.Equal(Entries.Numbered(1, 3), await Other.Read(session, 0, int.MaxValue, Cancellation));
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Reads_OfALog_Succeed(Fault fault) => AtEveryRequest(fault, async session =>
    {
        Assert.Equal(2, (await logs!.Log.ReadHead(session, Cancellation))!.LastSequence);
        Entries.Equal(Entries.Numbered(1, 2), await logs.Log.Read(session, 0, int.MaxValue, Cancellation));
        Entries.Equal(Entries.Numbered(1, 2), await logs.Log.ReadBackwards(session, 3, int.MaxValue, Cancellation));
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Compact_OfALog_Succeeds(Fault fault) => AtEveryRequest(fault, async session =>
    {
        var writer = (await logs!.Log.TakeOver(session, create: false, Cancellation))!;

        await writer.Compact(Cancellation);

        Entries.Equal(Entries.Numbered(1, 2), await Other.Read(session, 0, int.MaxValue, Cancellation));
        Assert.Equal(1, await Rows(session));
    });

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Delete_OfALog_Succeeds(Fault fault) => AtEveryRequest(fault, async session =>
    {
        await logs!.Log.Delete(session, Cancellation);

        Assert.Null(await Other.ReadHead(session, Cancellation));
        Assert.Null(await Other.TakeOver(session, create: true, Cancellation));
        Assert.Equal(0, await Rows(session));
    });

    private ISessionLog Other => undisturbed!.Log;

    private async Task AtEveryRequest(Fault fault, Func<SessionId, Task> operate)
    {
        var met = true;
        for (var request = 1; met; request++)
        {
            var session = SessionId.New();
            var writer = (await Other.TakeOver(session, create: true, Cancellation))!;
            for (var entry = 1; entry <= 2; entry++)
            {
                await writer.Append(Entries.Numbered(entry, 1), default, Cancellation);
            }

            var wasMet = faults.At(request, fault);
            await operate(session);
            met = wasMet();
            faults.Stop();
            Assert.True(met || request > 2);
        }
    }

    private async Task<int> Rows(SessionId session)
    {
        var rows = 0;
        await foreach (var row in logs!.Table.QueryAsync<Azure.Data.Tables.TableEntity>(row => row.PartitionKey == session.ToString(), cancellationToken: Cancellation))
        {
            rows += row.RowKey == "head" ? 0 : 1;
        }

        return rows;
    }
}
