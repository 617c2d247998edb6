using Azure;
using Azure.Data.Tables;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.AzureTables.Tests.SessionLog;

/// <summary>Damaged and missing rows are named, once for who asks for that place, and what is around them can be read.</summary>
public sealed class SessionLogDamageTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const int Rows = 12;
    private const int EntriesOfRow = 3;

    private readonly SessionId session = SessionId.New();
    private Logs? logs;

    public enum Damage
    {
        Missing,
        WrongByte,
        WrongLength,
        NoSpan,
        FarFirst,
        FarLast,
        EarlySpan,
        NoData,
        WrongType,
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<Damage, int[]> Cases()
    {
        var cases = new TheoryData<Damage, int[]>();
        foreach (var damage in Enum.GetValues<Damage>())
        {
            foreach (var rows in (int[][])[[1], [6], [Rows], [5, 6, 7], [1, 2, 11, 12], [2, 4, 9]])
            {
                cases.Add(damage, rows);
            }
        }

        return cases;
    }

    public async ValueTask InitializeAsync()
    {
        logs = await Logs.Open(azurite);
        var writer = (await logs.Log.TakeOver(session, create: true, Cancellation))!;
        for (var row = 0; row < Rows; row++)
        {
            await writer.Append(Entries.Numbered(row * EntriesOfRow + 1, EntriesOfRow), default, Cancellation);
        }
    }

    public ValueTask DisposeAsync() => logs!.DisposeAsync();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Read_OfADamagedLog_GivesEverythingElse(Damage damage, int[] rows)
    {
        foreach (var row in rows)
        {
            await Do(damage, row);
        }

        long[] readable = [.. Enumerable.Range(1, Rows).Except(rows).SelectMany(row => Enumerable.Range(0, EntriesOfRow).Select(i => (long)(row - 1) * EntriesOfRow + 1 + i))];
        Assert.Equal(readable, await ReadForwards(maxBytes: 100));
        Assert.Equal(readable, await ReadForwards(maxBytes: 100_000));
        Assert.Equal(readable, await ReadBackwards(maxBytes: 100));
        Assert.Equal(readable, await ReadBackwards(maxBytes: 100_000));

        // Straight to one place, as a new process does it.
        await using var fresh = await Logs.Open(azurite, tableName: logs!.Table.Name);
        foreach (var sequence in readable)
        {
            Assert.Equal(sequence, Assert.Single(await fresh.Log.Read(session, sequence - 1, 0, Cancellation)).Sequence);
            Assert.Equal(sequence, Assert.Single(await fresh.Log.ReadBackwards(session, sequence + 1, 0, Cancellation)).Sequence);
        }
    }

    [Fact]
    public async Task Read_OfADamagedRow_NamesIt()
    {
        await Do(Damage.WrongByte, 4);

        var forwards = await Assert.ThrowsAsync<SessionLogCorruptException>(() => logs!.Log.Read(session, 9, 1000, Cancellation));
        var middle = await Assert.ThrowsAsync<SessionLogCorruptException>(() => logs!.Log.Read(session, 10, 1000, Cancellation));

        Assert.Equal((4, 10, 12), (forwards.Row, forwards.FirstSequence, forwards.LastSequence));
        Assert.Equal((4, 11, 12), (middle.Row, middle.FirstSequence, middle.LastSequence));
        Assert.Contains("checksum", forwards.Message, StringComparison.Ordinal);
        Assert.Contains(session.ToString(), forwards.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_OfARowFromANewerProgram_IsNotCalledDamage()
    {
        var stored = await Stored(2);
        stored["Codec"] = 77;
        stored["Checksum"] = Checksum(4, 6, 77, stored);
        await logs!.Table.UpdateEntityAsync(stored, stored.ETag, TableUpdateMode.Replace, Cancellation);

        var refused = await Assert.ThrowsAsync<NotSupportedException>(() => logs.Log.Read(session, 3, 1000, Cancellation));
        Assert.Contains("Update it", refused.Message, StringComparison.Ordinal);
    }

    private static long Checksum(long first, long last, int codec, TableEntity row)
    {
        var hash = new System.IO.Hashing.XxHash64();
        hash.Append(BitConverter.GetBytes(first));
        hash.Append(BitConverter.GetBytes(last));
        hash.Append(BitConverter.GetBytes(codec));
        hash.Append(BitConverter.GetBytes(row.GetInt32("Length")!.Value));
        hash.Append(row.GetBinary("Data"));
        return (long)hash.GetCurrentHashAsUInt64();
    }

    private async Task<List<long>> ReadForwards(int maxBytes)
    {
        List<long> read = [];
        long after = 0;
        for (var reads = 0; ; reads++)
        {
            Assert.True(reads < 1000, "Reading does not get on.");
            try
            {
                var page = await logs!.Log.Read(session, after, maxBytes, Cancellation);
                if (page.Length == 0)
                {
                    return read;
                }

                read.AddRange(page.Select(entry => entry.Sequence));
                after = page[^1].Sequence;
            }
            catch (SessionLogCorruptException e)
            {
                Assert.Equal(after + 1, e.FirstSequence);
                Assert.True(e.LastSequence > after);
                after = e.LastSequence;
            }
        }
    }

    private async Task<List<long>> ReadBackwards(int maxBytes)
    {
        List<long> read = [];
        var before = long.MaxValue;
        for (var reads = 0; ; reads++)
        {
            Assert.True(reads < 1000, "Reading does not get on.");
            try
            {
                var page = await logs!.Log.ReadBackwards(session, before, maxBytes, Cancellation);
                if (page.Length == 0)
                {
                    return read;
                }

                read.InsertRange(0, page.Select(entry => entry.Sequence));
                before = page[0].Sequence;
            }
            catch (SessionLogCorruptException e)
            {
                Assert.True(e.FirstSequence < before);
                before = e.FirstSequence;
            }
        }
    }

    private async Task Do(Damage damage, int row)
    {
        var stored = await Stored(row);
        switch (damage)
        {
            case Damage.Missing:
                await logs!.Table.DeleteEntityAsync(stored, stored.ETag, Cancellation);
                return;
            case Damage.WrongByte:
                stored.GetBinary("Data")[5] ^= 0x10;
                break;
            case Damage.WrongLength:
                stored["Length"] = stored.GetInt32("Length") + 1;
                break;
            case Damage.NoSpan:
                stored.Remove("FirstSequence");
                break;
            case Damage.FarFirst:
                (stored["FirstSequence"], stored["LastSequence"]) = (1_000L, 1_002L);
                break;
            case Damage.FarLast:
                stored["LastSequence"] = 1_000L;
                break;
            case Damage.EarlySpan:
                (stored["FirstSequence"], stored["LastSequence"]) = (1L, 1L);
                break;
            case Damage.NoData:
                stored.Remove("Data");
                break;
            case Damage.WrongType:
                stored["LastSequence"] = "twelve";
                break;
        }

        await logs!.Table.UpdateEntityAsync(stored, stored.ETag, TableUpdateMode.Replace, Cancellation);
    }

    private async Task<TableEntity> Stored(int row) =>
        (await logs!.Table.GetEntityAsync<TableEntity>(session.ToString(), $"r{row:D19}", cancellationToken: Cancellation)).Value;
}
