using Azure;
using Azure.Core;
using OrleansKd.AzureTables.SessionLog;
using OrleansKd.AzureTables.Tests.Tables;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.SessionLog;

/// <summary>Whatever happens on the way to the storage, an append is in the log once or not at all, and its writer knows or says that it does not.</summary>
public sealed class SessionLogFaultTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly Faults faults = new();
    private readonly SessionId session = SessionId.New();
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
            options.AttemptTimeout = TimeSpan.FromMilliseconds(500);
            options.WriteAttempts = 4;
        });
        undisturbed = await Logs.Open(azurite, tableName: logs.Table.Name);
    }

    public async ValueTask DisposeAsync()
    {
        await logs!.DisposeAsync();
        await undisturbed!.DisposeAsync();
    }

    [Theory]
    [InlineData(Fault.Busy503)]
    [InlineData(Fault.Busy500)]
    [InlineData(Fault.TooMany429)]
    [InlineData(Fault.NotSent)]
    [InlineData(Fault.NotSentSilence)]
    [InlineData(Fault.Done503)]
    [InlineData(Fault.Done500)]
    [InlineData(Fault.DoneLost)]
    [InlineData(Fault.DoneSilence)]
    [InlineData(Fault.DoneTwice)]
    public async Task Append_WhenOneAttemptFails_IsInTheLogOnceAndTheWriterGoesOn(Fault fault)
    {
        var writer = await TakeOver(Log);
        await writer.Append(Entries.Numbered(1, 2), new RunPosition(1, 1), Cancellation);

        faults.Queue(fault);
        await writer.Append(Entries.Numbered(3, 2), new RunPosition(1, 2), Cancellation);
        await writer.Append(Entries.Numbered(5, 1), new RunPosition(1, 3), Cancellation);

        await AssertLog(Entries.Numbered(1, 5), rows: 3);
        Assert.Equal(writer.Head, await Other.ReadHead(session, Cancellation));
        Assert.Equal(new RunPosition(1, 3), writer.Head.Run);
    }

    [Theory]
    [InlineData(Fault.DoneLost, 1)]
    [InlineData(Fault.NotSent, 0)]
    public async Task Append_WhenAttemptsAndHeadFail_IsUnknownAndATakeOverShowsWhatHappened(Fault fault, int landed)
    {
        var writer = await TakeOver(Log);
        faults.Queue(fault);
        faults.Appends = () => Fault.NotSent;
        faults.Others = _ => Fault.NotSent;

        var unknown = await Assert.ThrowsAsync<SessionLogUnknownException>(() => writer.Append(Entries.Numbered(1, 1), default, Cancellation));

        Assert.IsType<RequestFailedException>(unknown.InnerException);
        var seen = faults.AppendsSeen;
        await Assert.ThrowsAsync<SessionLogUnknownException>(() => writer.Append(Entries.Numbered(1, 1), default, Cancellation));
        Assert.Equal(seen, faults.AppendsSeen);
        Assert.Equal(landed, (await TakeOver(Other)).Head.LastSequence);
        await AssertLog(Entries.Numbered(1, landed), rows: landed);
    }

    [Fact]
    public async Task Append_WhenEveryAttemptIsRefused_IsTriedABoundedNumberOfTimes()
    {
        var writer = await TakeOver(Log);
        faults.Appends = () => Fault.Busy503;

        await Assert.ThrowsAsync<SessionLogUnknownException>(() => writer.Append(Entries.Numbered(1, 1), default, Cancellation));

        Assert.Equal(4, faults.AppendsSeen);
        await AssertLog([], rows: 0);
    }

    [Fact]
    public async Task Append_WhenTheHeadIsUnreadableInBetween_LandsOnceAllTheSame()
    {
        var writer = await TakeOver(Log);
        faults.Queue(Fault.DoneLost, Fault.DoneTwice);
        var reads = 0;
        // The reads after the first attempt fail, with all their repetitions; those after the second don't.
        faults.Others = method => method == RequestMethod.Get && faults.AppendsSeen < 2 && reads++ >= 0 ? Fault.NotSent : Fault.None;

        await writer.Append(Entries.Numbered(1, 1), default, Cancellation);

        Assert.Equal(2, faults.AppendsSeen);
        await AssertLog(Entries.Numbered(1, 1), rows: 1);
    }

    [Fact]
    public async Task Append_WhenNotAllowed_FailsAtOnceAndTheWriterGoesOn()
    {
        var writer = await TakeOver(Log);
        faults.Queue(Fault.Forbidden403);

        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => writer.Append(Entries.Numbered(1, 1), default, Cancellation));
        Assert.Equal(403, refused.Status);
        await writer.Append(Entries.Numbered(1, 1), default, Cancellation);

        await AssertLog(Entries.Numbered(1, 1), rows: 1);
    }

    [Fact]
    public async Task Append_WhenForbiddenAfterALostAnswer_FindsThatItLanded()
    {
        var writer = await TakeOver(Log);
        faults.Queue(Fault.DoneLost, Fault.Forbidden403);

        await writer.Append(Entries.Numbered(1, 1), default, Cancellation);

        await AssertLog(Entries.Numbered(1, 1), rows: 1);
    }

    [Fact]
    public async Task Append_WhenTakenOverBetweenLandingAndAnswer_IsNotCalledLost()
    {
        var writer = await TakeOver(Log);
        ISessionLogWriter? successor = null;
        faults.Queue(Fault.DoneLost);
        faults.BeforeAnswer = async () =>
        {
            successor ??= await TakeOver(Other);
            if (successor.Head.LastSequence == 1)
            {
                await successor.Append(Entries.Numbered(2, 1), default, Cancellation);
            }
        };

        await writer.Append(Entries.Numbered(1, 1), default, Cancellation);
        faults.BeforeAnswer = null;

        Assert.Equal(1, writer.Head.LastSequence);
        await Assert.ThrowsAsync<SessionLogFencedException>(() => writer.Append([Entries.Output(2, "fenced")], default, Cancellation));
        await AssertLog(Entries.Numbered(1, 2), rows: 2);
    }

    [Fact]
    public async Task Append_WhenTakenOverAndTheSuccessorWroteTheSameRowNumber_IsFenced()
    {
        var writer = await TakeOver(Log);
        faults.Queue(Fault.NotSent);
        faults.BeforeAnswer = async () =>
        {
            faults.BeforeAnswer = null;
            await (await TakeOver(Other)).Append([Entries.Output(1, "the successor's")], default, Cancellation);
        };

        await Assert.ThrowsAsync<SessionLogFencedException>(() => writer.Append([Entries.Output(1, "fenced")], default, Cancellation));

        await AssertLog([Entries.Output(1, "the successor's")], rows: 1);
    }

    [Theory]
    [InlineData(Fault.DoneSilence, 1)]
    [InlineData(Fault.NotSentSilence, 0)]
    public async Task Append_WhenCancelledOnTheWay_IsUnknown(Fault fault, int landed)
    {
        var writer = await TakeOver(Log);
        faults.Queue(fault);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var append = writer.Append(Entries.Numbered(1, 1), default, cancelled.Token);
        await faults.Silent.Task.WaitAsync(Cancellation);
        await cancelled.CancelAsync();

        await Assert.ThrowsAsync<SessionLogUnknownException>(() => append);
        Assert.Equal(landed, (await TakeOver(Other)).Head.LastSequence);
    }

    [Fact]
    public async Task TakeOver_FromAWriterThatNeverPauses_StopsItAndLosesNothing()
    {
        var writer = await TakeOver(Other);
        var appended = 0;
        var isFenced = false;
        // Between each reading of the head and each attempt to take it, one more append comes.
        faults.BeforeChange = async () =>
        {
            try
            {
                await writer.Append(Entries.Numbered(appended + 1, 1), new RunPosition(1, appended + 1), Cancellation);
                appended++;
            }
            catch (SessionLogFencedException)
            {
                isFenced = true;
            }
        };

        var next = await TakeOver(Log);

        Assert.True(isFenced);
        Assert.InRange(appended, 1, 2);
        Assert.Equal(appended, next.Head.LastSequence);
        faults.BeforeChange = null;
        await next.Append(Entries.Numbered(appended + 1, 1), new RunPosition(1, appended + 1), Cancellation);
        await Assert.ThrowsAsync<SessionLogFencedException>(() => writer.Append(Entries.Numbered(appended + 1, 1), default, Cancellation));
        await AssertLog(Entries.Numbered(1, appended + 1), rows: appended + 1);
    }

    [Fact]
    public async Task Delete_OfALogWhoseWriterNeverPauses_StopsIt()
    {
        var writer = await TakeOver(Other);
        var appended = 0;
        faults.BeforeChange = async () =>
        {
            try
            {
                await writer.Append(Entries.Numbered(appended + 1, 1), new RunPosition(1, appended + 1), Cancellation);
                appended++;
            }
            catch (SessionLogFencedException)
            {
                // Expected once the deletion has claimed the head.
            }
        };

        await Log.Delete(session, Cancellation);

        Assert.InRange(appended, 1, 2);
        Assert.True(await Other.WasDeleted(session, Cancellation));
        Assert.Empty(await Other.Read(session, 0, int.MaxValue, Cancellation));
    }

    [Fact]
    public async Task Append_ThatLandedBeforeAClaim_IsAcknowledgedAndTheNextIsRefused()
    {
        var writer = await TakeOver(Log);
        faults.Queue(Fault.DoneLost);
        faults.BeforeAnswer = async () =>
        {
            faults.BeforeAnswer = null;
            await HeadRow.Claim(undisturbed!.Table, session, Cancellation);
        };

        await writer.Append(Entries.Numbered(1, 1), new RunPosition(1, 1), Cancellation);
        await Assert.ThrowsAsync<SessionLogFencedException>(() => writer.Append(Entries.Numbered(2, 1), new RunPosition(1, 2), Cancellation));

        Assert.Equal(1, (await TakeOver(Other)).Head.LastSequence);
        await AssertLog(Entries.Numbered(1, 1), rows: 1);
    }

    [Theory]
    [InlineData(Fault.DoneLost)]
    [InlineData(Fault.DoneTwice)]
    [InlineData(Fault.Done500)]
    [InlineData(Fault.NotSent)]
    [InlineData(Fault.Busy503)]
    public async Task TakeOver_WhenItsAnswerIsLost_GivesAnEpochThatNobodyElseHas(Fault fault)
    {
        var before = await TakeOver(Other);
        var failed = 0;
        faults.Others = method => method != RequestMethod.Get && failed++ == 0 ? fault : Fault.None;

        var writer = await TakeOver(Log);

        Assert.True(failed > 1);
        Assert.Equal(writer.Head, await Other.ReadHead(session, Cancellation));
        Assert.True(writer.Head.Epoch > before.Head.Epoch);
        await Assert.ThrowsAsync<SessionLogFencedException>(() => before.Append([Entries.Output(1, "fenced")], default, Cancellation));
        await writer.Append(Entries.Numbered(1, 1), default, Cancellation);
    }

    [Theory]
    [InlineData(Fault.DoneLost)]
    [InlineData(Fault.DoneTwice)]
    public async Task TakeOver_WhenTheAnswerToMakingTheLogIsLost_MakesItOnce(Fault fault)
    {
        var failed = 0;
        faults.Others = method => method != RequestMethod.Get && failed++ == 0 ? fault : Fault.None;

        var writer = await TakeOver(Log);

        Assert.Equal(writer.Head, await Other.ReadHead(session, Cancellation));
        await writer.Append(Entries.Numbered(1, 1), default, Cancellation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Appends_InAStormOfFaults_AreEachInTheLogOnceAndInOrder(int seed)
    {
        var random = new Random(seed);
        Fault[] kinds = [.. Enum.GetValues<Fault>().Except([Fault.None, Fault.Forbidden403, Fault.NotSentSilence, Fault.DoneSilence])];
        Fault Dice(double rate)
        {
            lock (random)
            {
                return random.NextDouble() < rate ? kinds[random.Next(kinds.Length)] : Fault.None;
            }
        }

        faults.Appends = () => Dice(0.5);
        faults.Others = _ => Dice(0.2);
        List<SessionLogEntry> expected = [];
        var writer = await TakeOverInAStorm();
        var unknown = 0;
        while (expected.Count < 150)
        {
            SessionLogEntry[] entries = [Entries.Output(writer.Head.LastSequence + 1, $"{writer.Head.Epoch}/{expected.Count}"), Entries.Output(writer.Head.LastSequence + 2, "b")];
            try
            {
                await writer.Append(entries, default, Cancellation);
                expected.AddRange(entries);
            }
            catch (SessionLogUnknownException)
            {
                unknown++;
                writer = await TakeOverInAStorm();
                var landed = writer.Head.LastSequence == entries[^1].Sequence;
                Assert.Equal(landed ? entries[^1].Sequence : entries[0].Sequence - 1, writer.Head.LastSequence);
                expected.AddRange(landed ? entries : []);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{faults.AppendsSeen} attempts, {unknown} unknown outcomes");
        await AssertLog(expected, rows: expected.Count / 2);
    }

    private async Task<ISessionLogWriter> TakeOverInAStorm()
    {
        while (true)
        {
            try
            {
                return await TakeOver(Log);
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
            }
        }
    }

    private async Task<ISessionLogWriter> TakeOver(ISessionLog log) => (await log.TakeOver(session, create: true, Cancellation))!;

    private async Task AssertLog(IReadOnlyList<SessionLogEntry> expected, int rows)
    {
        Entries.Equal(expected, await Other.Read(session, 0, int.MaxValue, Cancellation));
        var stored = 0;
        await foreach (var row in logs!.Table.QueryAsync<Azure.Data.Tables.TableEntity>(row => row.PartitionKey == session.ToString(), cancellationToken: Cancellation))
        {
            stored += row.RowKey == "head" ? 0 : 1;
        }

        Assert.Equal(rows, stored);
    }
}
