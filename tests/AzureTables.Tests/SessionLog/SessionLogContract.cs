using CsCheck;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.Tests.SessionLog;

/// <summary>What every <see cref="ISessionLog"/> promises. Each implementation runs it.</summary>
public abstract class SessionLogContract
{
    private static readonly RunPosition NoRun = new(0, 0);

    protected SessionId Session { get; } = SessionId.New();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<ISessionLog> Open();

    [Fact]
    public async Task ReadHead_WhenThereIsNoLog_IsNull()
    {
        var log = await Open();

        Assert.Null(await log.ReadHead(Session, Cancellation));
    }

    [Fact]
    public async Task Read_WhenThereIsNoLog_IsEmpty()
    {
        var log = await Open();

        Assert.Empty(await log.Read(Session, 0, 1000, Cancellation));
        Assert.Empty(await log.ReadBackwards(Session, long.MaxValue, 1000, Cancellation));
    }

    [Fact]
    public async Task TakeOver_WhenThereIsNoLogAndNoneIsToBeMade_IsNull()
    {
        var log = await Open();

        Assert.Null(await log.TakeOver(Session, create: false, Cancellation));
        Assert.Null(await log.ReadHead(Session, Cancellation));
    }

    [Fact]
    public async Task TakeOver_WhenThereIsNoLog_MakesAnEmptyOne()
    {
        var log = await Open();

        var writer = await TakeOver(log);

        Assert.Equal(new SessionLogHead(1, 0, NoRun, 0), writer.Head);
        Assert.Equal(writer.Head, await log.ReadHead(Session, Cancellation));
        Assert.Empty(await log.Read(Session, 0, 1000, Cancellation));
        Assert.Empty(await log.ReadBackwards(Session, long.MaxValue, 1000, Cancellation));
    }

    [Fact]
    public async Task TakeOver_Again_RaisesTheEpochAndKeepsTheRest()
    {
        var log = await Open();
        var first = await TakeOver(log);
        await first.Append(Entries.Numbered(1, 3), new RunPosition(2, 7), Cancellation);

        var second = await TakeOver(log);

        Assert.Equal(first.Head with { Epoch = 2 }, second.Head);
        Assert.Equal(second.Head, await log.ReadHead(Session, Cancellation));
    }

    [Fact]
    public async Task Append_ThenRead_GivesWhatWasAppended()
    {
        var log = await Open();
        var writer = await TakeOver(log);
        var entries = Entries.Numbered(1, 3);

        await writer.Append(entries, new RunPosition(1, 2), Cancellation);

        Entries.Equal(entries, await log.Read(Session, 0, 10_000, Cancellation));
        Assert.Equal(new SessionLogHead(1, 3, new RunPosition(1, 2), entries.Sum(e => e.CostBytes)), writer.Head);
        Assert.Equal(writer.Head, await log.ReadHead(Session, Cancellation));
    }

    [Fact]
    public async Task Append_OfEveryKind_KeepsKindTimeAndBody()
    {
        var log = await Open();
        var writer = await TakeOver(log);
        var kinds = Enum.GetValues<SessionLogEntryKind>();
        SessionLogEntry[] entries = [.. kinds.Select((kind, i) => new SessionLogEntry(i + 1, i * 7919L - 5, kind, Entries.Noise(i, i * 3)))];

        await writer.Append(entries, NoRun, Cancellation);

        Entries.Equal(entries, await log.Read(Session, 0, 10_000, Cancellation));
    }

    [Fact]
    public async Task Append_OfEveryByteValue_KeepsIt()
    {
        var log = await Open();
        var writer = await TakeOver(log);
        byte[] every = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];
        SessionLogEntry[] entries = [Entries.Output(1, every), Entries.Output(2, ReadOnlyMemory<byte>.Empty), Entries.Output(3, every.Reverse().ToArray())];

        await writer.Append(entries, NoRun, Cancellation);

        Entries.Equal(entries, await log.Read(Session, 0, 10_000, Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_UpToTheLimit_IsKept(bool compressible)
    {
        var log = await Open();
        var writer = await TakeOver(log);
        const int Bodies = 32;
        var length = SessionLogLimits.AppendBytes / Bodies - SessionLogEntry.OverheadBytes;
        SessionLogEntry[] entries = [.. Enumerable.Range(1, Bodies).Select(i => Entries.Output(i, compressible ? new byte[length] : Entries.Noise(i, length)))];
        Assert.Equal(SessionLogLimits.AppendBytes, entries.Sum(e => e.CostBytes));

        await writer.Append(entries, NoRun, Cancellation);

        Entries.Equal(entries, await log.Read(Session, 0, int.MaxValue, Cancellation));
    }

    [Fact]
    public async Task Append_OfTheMostAndSmallestEntries_IsKept()
    {
        var log = await Open();
        var writer = await TakeOver(log);
        SessionLogEntry[] entries = [.. Enumerable.Range(1, SessionLogLimits.AppendBytes / SessionLogEntry.OverheadBytes).Select(i => Entries.Output(i, ReadOnlyMemory<byte>.Empty))];

        await writer.Append(entries, NoRun, Cancellation);

        Entries.Equal(entries, await log.Read(Session, 0, int.MaxValue, Cancellation));
    }

    [Fact]
    public async Task Append_BeyondTheLimit_IsRefusedAndTheWriterGoesOn()
    {
        var log = await Open();
        var writer = await TakeOver(log);

        await Assert.ThrowsAsync<ArgumentException>(() => writer.Append([Entries.Output(1, new byte[SessionLogLimits.AppendBytes])], NoRun, Cancellation));
        await writer.Append(Entries.Numbered(1, 1), NoRun, Cancellation);

        Entries.Equal(Entries.Numbered(1, 1), await log.Read(Session, 0, 1000, Cancellation));
    }

    [Fact]
    public async Task Append_OfNothing_IsRefused()
    {
        var writer = await TakeOver(await Open());

        await Assert.ThrowsAsync<ArgumentException>(() => writer.Append([], NoRun, Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Append_WhenSequencesDoNotGoOn_IsRefused(long first)
    {
        var log = await Open();
        var writer = await TakeOver(log);

        await Assert.ThrowsAsync<ArgumentException>(() => writer.Append(Entries.Numbered(first, 2), NoRun, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => writer.Append([Entries.Output(1, ""), Entries.Output(3, "")], NoRun, Cancellation));

        Assert.Empty(await log.Read(Session, 0, 1000, Cancellation));
    }

    [Fact]
    public async Task Append_WhenCancelledBefore_WritesNothingAndTheWriterGoesOn()
    {
        var log = await Open();
        var writer = await TakeOver(log);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.Append(Entries.Numbered(1, 1), NoRun, new CancellationToken(canceled: true)));
        Assert.Equal(0, (await log.ReadHead(Session, Cancellation))!.LastSequence);

        await writer.Append(Entries.Numbered(1, 1), NoRun, Cancellation);
    }

    [Fact]
    public async Task Append_WhenTakenOver_IsFencedAndWritesNothing()
    {
        var log = await Open();
        var stale = await TakeOver(log);
        await stale.Append(Entries.Numbered(1, 2), new RunPosition(1, 1), Cancellation);
        var current = await TakeOver(log);

        await Assert.ThrowsAsync<SessionLogFencedException>(() => stale.Append([Entries.Output(3, "stale")], new RunPosition(1, 2), Cancellation));

        Assert.Equal(current.Head, await log.ReadHead(Session, Cancellation));
        Entries.Equal(Entries.Numbered(1, 2), await log.Read(Session, 0, 1000, Cancellation));

        await current.Append(Entries.Numbered(3, 1), new RunPosition(1, 2), Cancellation);
        await Assert.ThrowsAsync<SessionLogFencedException>(() => stale.Append([Entries.Output(3, "stale")], new RunPosition(1, 2), Cancellation));
        Entries.Equal(Entries.Numbered(1, 3), await log.Read(Session, 0, 1000, Cancellation));
    }

    [Fact]
    public async Task TakeOver_ByManyAtOnce_LeavesExactlyOneWriter()
    {
        var log = await Open();
        await TakeOver(log);

        var writers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TakeOver(log), Cancellation)));

        Assert.Equal(writers.Length, writers.Select(w => w.Head.Epoch).Distinct().Count());
        var last = writers.MaxBy(w => w.Head.Epoch)!;
        foreach (var writer in writers.Where(w => w != last))
        {
            await Assert.ThrowsAsync<SessionLogFencedException>(() => writer.Append([Entries.Output(1, "fenced")], NoRun, Cancellation));
        }

        await last.Append(Entries.Numbered(1, 1), NoRun, Cancellation);
        Entries.Equal(Entries.Numbered(1, 1), await log.Read(Session, 0, 1000, Cancellation));
    }

    [Fact]
    public async Task TakeOver_WhileAnotherAppends_NothingIsLostOrRepeated()
    {
        var log = await Open();
        var writer = await TakeOver(log);
        var acknowledged = 0L;
        var appending = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    await writer.Append(Entries.Numbered(writer.Head.LastSequence + 1, 2), NoRun, Cancellation);
                    Volatile.Write(ref acknowledged, writer.Head.LastSequence);
                }
            }
            catch (SessionLogFencedException)
            {
            }
        }, Cancellation);
        using (var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(1)))
        {
            while (Volatile.Read(ref acknowledged) < 20)
            {
                await poll.WaitForNextTickAsync(Cancellation);
            }
        }

        var next = await TakeOver(log);
        await appending;

        // What was acknowledged is what the new writer found: nothing more can come, nothing is missing.
        Assert.Equal(acknowledged, next.Head.LastSequence);
        await next.Append(Entries.Numbered(acknowledged + 1, 1), NoRun, Cancellation);
        Entries.Equal(Entries.Numbered(1, (int)acknowledged + 1), await log.Read(Session, 0, int.MaxValue, Cancellation));
    }

    [Fact]
    public async Task Read_FromEveryPosition_GivesTheRestInOrder()
    {
        var log = await Open();
        await AppendRows(log, [1, 3, 1, 5, 2, 1, 1, 4]);
        var all = Entries.Numbered(1, 18);

        for (var after = 0; after <= 18; after++)
        {
            Entries.Equal(all[after..], await log.Read(Session, after, int.MaxValue, Cancellation));
            Entries.Equal(all[..after], await log.ReadBackwards(Session, after + 1, int.MaxValue, Cancellation));
        }

        Assert.Empty(await log.Read(Session, 1000, int.MaxValue, Cancellation));
        Entries.Equal(all, await log.ReadBackwards(Session, long.MaxValue, int.MaxValue, Cancellation));
    }

    [Fact]
    public async Task Read_BoundedInBytes_GivesAsManyAsFitAndAtLeastOne()
    {
        var log = await Open();
        await AppendRows(log, [2, 2, 2, 2]);
        var all = Entries.Numbered(1, 8);
        var cost = all[0].CostBytes;

        Entries.Equal(all[..1], await log.Read(Session, 0, 0, Cancellation));
        Entries.Equal(all[..1], await log.Read(Session, 0, cost, Cancellation));
        Entries.Equal(all[..1], await log.Read(Session, 0, 2 * cost - 1, Cancellation));
        Entries.Equal(all[1..4], await log.Read(Session, 1, 3 * cost, Cancellation));
        Entries.Equal(all[7..], await log.ReadBackwards(Session, long.MaxValue, 0, Cancellation));
        Entries.Equal(all[5..], await log.ReadBackwards(Session, long.MaxValue, 3 * cost + 1, Cancellation));
        Entries.Equal(all[2..5], await log.ReadBackwards(Session, 6, 3 * cost, Cancellation));
    }

    [Fact]
    public async Task Read_OfALongLogPageByPage_GivesEveryEntryOnceBothWays()
    {
        var log = await Open();
        var random = new Random(20261123);
        int[] rows = [.. Enumerable.Range(0, 300).Select(_ => random.Next(1, 6))];
        await AppendRows(log, rows);
        var all = Entries.Numbered(1, rows.Sum());

        List<SessionLogEntry> forwards = [];
        while (await log.Read(Session, forwards.Count, 2_000, Cancellation) is { Length: > 0 } page)
        {
            forwards.AddRange(page);
        }

        Entries.Equal(all, forwards);

        List<SessionLogEntry> backwards = [];
        while (await log.ReadBackwards(Session, backwards is [var first, ..] ? first.Sequence : long.MaxValue, 2_000, Cancellation) is { Length: > 0 } page)
        {
            backwards.InsertRange(0, page);
        }

        Entries.Equal(all, backwards);

        for (var i = 0; i < 50; i++)
        {
            var after = random.Next(all.Length);
            Entries.Equal(all[after..(after + 1)], await log.Read(Session, after, 0, Cancellation));
        }
    }

    [Fact]
    public async Task Logs_OfTwoSessions_DoNotMix()
    {
        var log = await Open();
        var other = SessionId.New();
        await AppendRows(log, [2]);
        var writer = (await log.TakeOver(other, create: true, Cancellation))!;
        await writer.Append([Entries.Output(1, "other")], NoRun, Cancellation);

        Entries.Equal(Entries.Numbered(1, 2), await log.Read(Session, 0, 1000, Cancellation));
        Entries.Equal([Entries.Output(1, "other")], await log.Read(other, 0, 1000, Cancellation));
    }

    [Fact]
    public async Task Compact_OfALongLog_ChangesNothingThatCanBeRead()
    {
        var log = await Open();
        var writer = await AppendRows(log, [.. Enumerable.Repeat(3, 40)]);
        var before = writer.Head;

        await writer.Compact(Cancellation);
        await writer.Compact(Cancellation);

        Assert.Equal(before, writer.Head);
        Assert.Equal(before, await log.ReadHead(Session, Cancellation));
        await AssertReads(log, Entries.Numbered(1, 120));
    }

    [Fact]
    public async Task Compact_ThenAppendAndCompactAgain_GoesOn()
    {
        var log = await Open();
        var writer = await TakeOver(log);
        for (var round = 0; round < 4; round++)
        {
            for (var row = 0; row < 5; row++)
            {
                await writer.Append(Entries.Numbered(writer.Head.LastSequence + 1, 2), new RunPosition(1, round + 1), Cancellation);
            }

            await writer.Compact(Cancellation);
            await AssertReads(log, Entries.Numbered(1, (round + 1) * 10));
            writer = round == 1 ? await TakeOver(log) : writer;
        }

        Assert.Equal(new RunPosition(1, 4), writer.Head.Run);
        Assert.Equal(writer.Head, await log.ReadHead(Session, Cancellation));
    }

    [Fact]
    public async Task Compact_OfNothing_DoesNothing()
    {
        var log = await Open();
        var writer = await TakeOver(log);

        await writer.Compact(Cancellation);
        await writer.Append(Entries.Numbered(1, 1), NoRun, Cancellation);
        await writer.Compact(Cancellation);

        await AssertReads(log, Entries.Numbered(1, 1));
    }

    [Fact]
    public async Task Compact_WhenTakenOver_IsFencedAndChangesNothing()
    {
        var log = await Open();
        var stale = await AppendRows(log, [1, 1, 1, 1]);
        var current = await TakeOver(log);

        await Assert.ThrowsAsync<SessionLogFencedException>(() => stale.Compact(Cancellation));

        Assert.Equal(current.Head, await log.ReadHead(Session, Cancellation));
        await current.Append(Entries.Numbered(5, 1), NoRun, Cancellation);
        await AssertReads(log, Entries.Numbered(1, 5));
    }

    [Fact]
    public async Task Append_WhenTakenOverAndCompacted_WritesNothing()
    {
        var log = await Open();
        var stale = await AppendRows(log, [1, 1, 1, 1]);
        var current = await TakeOver(log);
        await current.Compact(Cancellation);

        await Assert.ThrowsAsync<SessionLogFencedException>(() => stale.Append([Entries.Output(5, "stale")], NoRun, Cancellation));

        await current.Append(Entries.Numbered(5, 1), NoRun, Cancellation);
        await AssertReads(log, Entries.Numbered(1, 5));
    }

    [Fact]
    public async Task Append_BesideACompaction_IsKept()
    {
        var log = await Open();
        var writer = await AppendRows(log, [.. Enumerable.Repeat(1, 30)]);

        var compacting = Task.Run(() => writer.Compact(Cancellation), Cancellation);
        while (writer.Head.LastSequence < 60)
        {
            await writer.Append(Entries.Numbered(writer.Head.LastSequence + 1, 1), NoRun, Cancellation);
        }

        await compacting;
        await AssertReads(log, Entries.Numbered(1, 60));
    }

    [Fact]
    public async Task Delete_OfALog_LeavesNothingAndItIsNeverMadeAgain()
    {
        var log = await Open();
        var writer = await AppendRows(log, [3, 3]);
        Assert.NotEmpty(await log.Read(Session, 0, 100, Cancellation));
        Assert.False(await log.WasDeleted(Session, Cancellation));

        await log.Delete(Session, Cancellation);
        await log.Delete(Session, Cancellation);

        Assert.True(await log.WasDeleted(Session, Cancellation));
        Assert.Null(await log.ReadHead(Session, Cancellation));
        Assert.Null(await log.TakeOver(Session, create: false, Cancellation));
        Assert.Null(await log.TakeOver(Session, create: true, Cancellation));
        Assert.Empty(await log.Read(Session, 0, 1000, Cancellation));
        Assert.Empty(await log.Read(Session, 3, 1000, Cancellation));
        Assert.Empty(await log.ReadBackwards(Session, long.MaxValue, 1000, Cancellation));
        await Assert.ThrowsAsync<SessionLogFencedException>(() => writer.Append(Entries.Numbered(7, 1), NoRun, Cancellation));
        await Assert.ThrowsAsync<SessionLogFencedException>(() => writer.Compact(Cancellation));
        Assert.Empty(await log.Read(Session, 0, 1000, Cancellation));
    }

    [Fact]
    public async Task Delete_OfALogThatDoesNotExist_DoesNothing()
    {
        var log = await Open();

        await log.Delete(Session, Cancellation);

        Assert.False(await log.WasDeleted(Session, Cancellation));
        Assert.NotNull(await log.TakeOver(Session, create: true, Cancellation));
    }

    [Fact]
    public async Task Operations_InAnyOrder_GiveWhatAListWouldGive() => await Gen.Int[0, 99].Array[1, 40].SampleAsync(async steps =>
    {
        var (log, session) = (await Open(), SessionId.New());
        List<SessionLogEntry> expected = [];
        var writer = (await log.TakeOver(session, create: true, Cancellation))!;
        foreach (var step in steps)
        {
            switch (step)
            {
                case < 50:
                    SessionLogEntry[] entries = [.. Enumerable.Range(0, step % 5 + 1).Select(i =>
                        Entries.Output(expected.Count + i + 1, step == 7 ? Entries.Noise(i, 60_000) : Entries.Noise(step, step)))];
                    await writer.Append(entries, NoRun, Cancellation);
                    expected.AddRange(entries);
                    break;
                case < 60:
                    await writer.Compact(Cancellation);
                    break;
                case < 70:
                    writer = (await log.TakeOver(session, create: false, Cancellation))!;
                    Assert.Equal(expected.Count, writer.Head.LastSequence);
                    break;
                case < 85:
                    var after = step % (expected.Count + 1);
                    var page = await log.Read(session, after, step * step, Cancellation);
                    Assert.Equal(after < expected.Count, page.Length > 0);
                    Entries.Equal(expected.GetRange(after, page.Length), page);
                    break;
                default:
                    var before = step % (expected.Count + 1) + 1;
                    var back = await log.ReadBackwards(session, before, step * step, Cancellation);
                    Assert.Equal(before > 1, back.Length > 0);
                    Entries.Equal(expected.GetRange(before - 1 - back.Length, back.Length), back);
                    break;
            }
        }

        Entries.Equal(expected, await log.Read(session, 0, int.MaxValue, Cancellation));
    }, iter: 40, threads: 1);

    private async Task AssertReads(ISessionLog log, SessionLogEntry[] expected)
    {
        Entries.Equal(expected, await log.Read(Session, 0, int.MaxValue, Cancellation));
        Entries.Equal(expected, await log.ReadBackwards(Session, long.MaxValue, int.MaxValue, Cancellation));
        List<SessionLogEntry> small = [];
        while (await log.Read(Session, small.Count, 150, Cancellation) is { Length: > 0 } page)
        {
            small.AddRange(page);
        }

        Entries.Equal(expected, small);
    }

    protected async Task<ISessionLogWriter> TakeOver(ISessionLog log) =>
        await log.TakeOver(Session, create: true, Cancellation) ?? throw new InvalidOperationException("The log was not made.");

    /// <summary>One append for each number, of that many numbered entries.</summary>
    protected async Task<ISessionLogWriter> AppendRows(ISessionLog log, int[] counts)
    {
        var writer = await TakeOver(log);
        foreach (var count in counts)
        {
            await writer.Append(Entries.Numbered(writer.Head.LastSequence + 1, count), NoRun, Cancellation);
        }

        return writer;
    }
}
