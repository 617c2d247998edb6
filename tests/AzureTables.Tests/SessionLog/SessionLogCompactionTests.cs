using System.Collections.Concurrent;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using OrleansKd.AzureTables.SessionLog;
using OrleansKd.AzureTables.Tests.Tables;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.SessionLog;

/// <summary>What compaction and deletion leave in the table, also when they die on the way or others are at work.</summary>
public sealed class SessionLogCompactionTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly Faults faults = new();
    private Logs? logs;
    private Logs? undisturbed;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ISessionLog Log => logs!.Log;

    /// <summary>Another process with the same table and no faults.</summary>
    private ISessionLog Other => undisturbed!.Log;

    public async ValueTask InitializeAsync()
    {
        logs = await Logs.Open(azurite, options =>
        {
            options.ConfigureClient = faults.AddTo;
            options.WriteAttempts = 2;
        });
        undisturbed = await Logs.Open(azurite, tableName: logs.Table.Name);
    }

    public async ValueTask DisposeAsync()
    {
        await logs!.DisposeAsync();
        await undisturbed!.DisposeAsync();
    }

    [Fact]
    public async Task Compact_OfManySmallRows_LeavesFewLargeOnes()
    {
        var session = SessionId.New();
        var writer = await Write(session, rows: 250, bodyBytes: 4_000);

        await writer.Compact(Cancellation);

        // 250 times 4,032 bytes in rows of 512 KB; more than two transactions' worth of old rows is gone.
        Assert.Equal(["c0000000001-0000000000000000001", "c0000000001-0000000000000000002"], await Keys(session));
        await AssertLog(session, 250, 4_000);
        var requests = faults.RequestsSeen;
        await writer.Compact(Cancellation);
        Assert.Equal(2, faults.RequestsSeen - requests);
    }

    [Fact]
    public async Task Compact_WhenCancelledAtAnyStep_EndsAfterItAndTheWriterGoesOn()
    {
        for (var step = 1; ; step++)
        {
            var session = SessionId.New();
            var writer = await Write(session, rows: 9, bodyBytes: 120_000);
            using var cancel = new CancellationTokenSource();
            var transactions = 0;
            faults.BeforeSend = () => ++transactions == step ? cancel.CancelAsync() : Task.CompletedTask;

            var ended = await Record.ExceptionAsync(() => writer.Compact(cancel.Token));
            faults.BeforeSend = null;

            await writer.Append([Entries.Output(10, Entries.Noise(10, 120_000))], default, Cancellation);
            await AssertLog(session, 10, 120_000);
            if (ended is null)
            {
                Assert.True(step > 3, $"It takes several transactions, and {step - 1} was the last that could be cancelled.");
                return;
            }

            Assert.IsAssignableFrom<OperationCanceledException>(ended);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Compact_WhenTheProcessDiesAtAnyStep_LosesNothingAndIsFinishedByTheNext(bool lastIsCarriedOut)
    {
        for (var step = 1; ; step++)
        {
            var session = SessionId.New();
            var writer = await Write(session, rows: 9, bodyBytes: 120_000);
            (faults.DiesAfter, faults.LastIsCarriedOut) = (step, lastIsCarriedOut);
            var died = await Record.ExceptionAsync(() => writer.Compact(Cancellation));
            var finished = !faults.IsDead;
            faults.DiesAfter = null;

            await AssertLog(session, 9, 120_000);
            var next = (await Other.TakeOver(session, create: false, Cancellation))!;
            await AssertLog(session, 9, 120_000);
            await next.Append([Entries.Output(10, Entries.Noise(10, 120_000))], default, Cancellation);
            await AssertLog(session, 10, 120_000);
            await next.Compact(Cancellation);
            await AssertLog(session, 10, 120_000);
            Assert.Single((await Keys(session)).Select(key => key[..11]).Distinct());
            Assert.Equal(next.Head, await Other.ReadHead(session, Cancellation));
            if (finished)
            {
                Assert.Null(died);
                Assert.True(step > 10, $"Compaction took {step} requests.");
                return;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delete_WhenTheProcessDiesAtAnyStep_IsFinishedByCallingItAgain(bool lastIsCarriedOut)
    {
        for (var step = 1; ; step++)
        {
            var session = SessionId.New();
            var writer = await Write(session, rows: 4, bodyBytes: 10);
            await writer.Compact(Cancellation);
            await writer.Append([Entries.Output(5, "more")], default, Cancellation);
            (faults.DiesAfter, faults.LastIsCarriedOut) = (step, lastIsCarriedOut);
            await Record.ExceptionAsync(() => Log.Delete(session, Cancellation));
            var finished = !faults.IsDead;
            faults.DiesAfter = null;

            await Other.Delete(session, Cancellation);

            Assert.Empty(await Keys(session));
            Assert.Null(await Other.TakeOver(session, create: true, Cancellation));
            await Assert.ThrowsAsync<SessionLogFencedException>(() => writer.Append([Entries.Output(6, "late")], default, Cancellation));
            Assert.Empty(await Keys(session));
            if (finished)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task Delete_OfMoreRowsThanOneTransactionTakes_LeavesATombstoneOnly()
    {
        var session = SessionId.New();
        await Write(session, rows: 230, bodyBytes: 10);

        await Log.Delete(session, Cancellation);

        Assert.Empty(await Keys(session));
        var tombstone = (await logs!.Table.GetEntityAsync<TableEntity>(session.ToString(), HeadRow.RowKey, cancellationToken: Cancellation)).Value;
        Assert.True(tombstone.GetBoolean("Deleted"));
    }

    [Theory]
    [InlineData("append")]
    [InlineData("merged row")]
    [InlineData("deletion")]
    public async Task Compact_WhenARequestOfAnEarlierEpochArrivesLate_IsNotHarmed(string late)
    {
        var session = SessionId.New();
        var stale = await Write(session, rows: 6, bodyBytes: 10);
        if (late == "deletion")
        {
            // Its switch is through and its last transaction, the deletion of the old rows, is held.
            faults.BeforeSend = Hold(skip: 2);
        }
        else
        {
            faults.BeforeSend = Hold(skip: 0);
        }

        var held = late == "append" ? stale.Append([Entries.Output(7, "late")], default, Cancellation) : stale.Compact(Cancellation);
        await arrived.Task.WaitAsync(Cancellation);
        var current = (await Other.TakeOver(session, create: false, Cancellation))!;
        await current.Append([Entries.Output(7, Entries.Noise(7, 10))], default, Cancellation);
        await current.Compact(Cancellation);
        await current.Append([Entries.Output(8, Entries.Noise(8, 10))], default, Cancellation);
        release.SetResult();

        var failure = await Record.ExceptionAsync(() => held);

        // Whoever appends must not be told that it landed; a late deletion hits what is gone.
        Assert.True(late == "deletion" ? failure is null : failure is SessionLogFencedException or SessionLogUnknownException, $"{failure}");
        await AssertLog(session, 8, 10);
        await current.Append([Entries.Output(9, Entries.Noise(9, 10))], default, Cancellation);
        await current.Compact(Cancellation);
        await AssertLog(session, 9, 10);
    }

    private readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets transactions pass, then holds one until it is released.</summary>
    private Func<Task> Hold(int skip) => () =>
    {
        if (skip-- > 0)
        {
            return Task.CompletedTask;
        }

        faults.BeforeSend = null;
        arrived.SetResult();
        return release.Task;
    };

    [Fact]
    public async Task Read_DuringCompactions_GivesEveryEntryOnce()
    {
        var session = SessionId.New();
        const int Rounds = 6;
        var writer = await Write(session, rows: 20, bodyBytes: 2_000);
        using var done = new CancellationTokenSource();
        var passes = new ConcurrentBag<int>();
        var readers = Enumerable.Range(0, 4).Select(reader => Task.Run(async () =>
        {
            for (var pass = 0; pass == 0 || !done.IsCancellationRequested; pass++)
            {
                List<SessionLogEntry> read = [];
                if (reader % 2 == 0)
                {
                    while (await Other.Read(session, read.Count, 7_000, Cancellation) is { Length: > 0 } page)
                    {
                        read.AddRange(page);
                    }
                }
                else
                {
                    while (await Other.ReadBackwards(session, read is [var first, ..] ? first.Sequence : long.MaxValue, 7_000, Cancellation) is { Length: > 0 } page)
                    {
                        read.InsertRange(0, page);
                    }
                }

                Assert.True(read.Count >= 20);
                Entries.Equal([.. Enumerable.Range(1, read.Count).Select(i => Entries.Output(i, Entries.Noise(i, 2_000)))], read);
                passes.Add(reader);
            }
        }, Cancellation)).ToArray();

        for (var round = 0; round < Rounds; round++)
        {
            await writer.Compact(Cancellation);
            for (var row = 0; row < 10; row++)
            {
                var next = writer.Head.LastSequence + 1;
                await writer.Append([Entries.Output(next, Entries.Noise((int)next, 2_000))], default, Cancellation);
            }
        }

        await writer.Compact(Cancellation);
        await done.CancelAsync();
        await Task.WhenAll(readers);
        await AssertLog(session, 20 + Rounds * 10, 2_000);
        Assert.Equal(4, passes.Distinct().Count());
    }

    [Fact]
    public async Task Compact_OfADamagedLog_LeavesItAsItIs()
    {
        var session = SessionId.New();
        var writer = await Write(session, rows: 5, bodyBytes: 10);
        TableEntity row = await logs!.Table.GetEntityAsync<TableEntity>(session.ToString(), new RowId(0, 3).Key, cancellationToken: Cancellation);
        await logs.Table.DeleteEntityAsync(row, row.ETag, Cancellation);

        await Assert.ThrowsAsync<SessionLogCorruptException>(() => writer.Compact(Cancellation));

        Assert.Equal(4, (await Keys(session)).Count(key => key[0] == 'r'));
        Assert.Equal([1, 2], (await Other.Read(session, 0, 1000, Cancellation)).Select(entry => entry.Sequence));
        Assert.Equal([4, 5], (await Other.Read(session, 3, 1000, Cancellation)).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task Read_InSmallPagesOfLargeRows_FetchesEachRowOnce()
    {
        var session = SessionId.New();
        const int Rows = 4;
        var writer = (await Other.TakeOver(session, create: true, Cancellation))!;
        for (var row = 0; row < Rows; row++)
        {
            await writer.Append([.. Enumerable.Range(1, 32).Select(i => Entries.Output(row * 32 + i, Entries.Noise(row * 32 + i, 16_000)))], default, Cancellation);
        }

        var before = faults.RequestsSeen;
        List<SessionLogEntry> forwards = [];
        while (forwards.Count < Rows * 32)
        {
            forwards.AddRange(await Log.Read(session, forwards.Count, 64 * 1024, Cancellation));
        }

        Entries.Equal([.. Enumerable.Range(1, Rows * 32).Select(i => Entries.Output(i, Entries.Noise(i, 16_000)))], forwards);
        // The head and the way to the first row; then one query for each row.
        Assert.InRange(faults.RequestsSeen - before, Rows, Rows + 5);
    }

    private async Task<ISessionLogWriter> Write(SessionId session, int rows, int bodyBytes)
    {
        var writer = (await Log.TakeOver(session, create: true, Cancellation))!;
        for (var row = 1; row <= rows; row++)
        {
            await writer.Append([Entries.Output(row, Entries.Noise(row, bodyBytes))], default, Cancellation);
        }

        return writer;
    }

    private async Task AssertLog(SessionId session, int entries, int bodyBytes)
    {
        SessionLogEntry[] expected = [.. Enumerable.Range(1, entries).Select(i => Entries.Output(i, Entries.Noise(i, bodyBytes)))];
        // A page may be shorter for a moment after a compaction: whoever wants all reads until there is nothing more.
        List<SessionLogEntry> forwards = [];
        while (await Other.Read(session, forwards.Count, int.MaxValue, Cancellation) is { Length: > 0 } page)
        {
            forwards.AddRange(page);
        }

        List<SessionLogEntry> backwards = [];
        while (await Other.ReadBackwards(session, backwards is [var first, ..] ? first.Sequence : long.MaxValue, int.MaxValue, Cancellation) is { Length: > 0 } page)
        {
            backwards.InsertRange(0, page);
        }

        Entries.Equal(expected, forwards);
        Entries.Equal(expected, backwards);
    }

    private async Task<List<string>> Keys(SessionId session)
    {
        List<string> keys = [];
        await foreach (var row in logs!.Table.QueryAsync<TableEntity>(row => row.PartitionKey == session.ToString(), cancellationToken: Cancellation))
        {
            keys.Add(row.RowKey);
        }

        return [.. keys.Where(key => key != HeadRow.RowKey)];
    }
}
