using System.Text;
using Azure.Data.Tables;
using OrleansKd.AzureTables.Clustering;
using OrleansKd.AzureTables.GrainStorage;
using OrleansKd.AzureTables.Reminders;
using OrleansKd.AzureTables.SessionLog;
using OrleansKd.AzureTables.Tables;
using OrleansKd.AzureTables.Tests.SessionLog;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Testing.Azurite;
using OrleansKd.Testing.Fuzz;

namespace OrleansKd.AzureTables.Tests.Tables;

/// <summary>
/// Rows changed in storage: what can't be read is said to be so, in one of the few ways that readers know to get around. It is never taken for
/// something else, or for nothing.
/// </summary>
public sealed class RowFuzzTests(AzuriteFixture azurite)
{
    private static readonly SessionId Session = SessionId.New();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Rows_WhateverIsInThem_AreReadAsWrittenOrRefused() => Fuzzing.Run("rows", 4, one =>
    {
        Action<FuzzCase> read = one.Next(5) switch
        {
            0 => ReadLogRow,
            1 => ReadDecodedBytes,
            2 => ReadGrainState,
            3 => ReadReminder,
            _ => ReadSilo,
        };
        read(one);
    });

    /// <summary>A whole log on the real service, with some rows changed: everything else is read, in order, forwards.</summary>
    [Fact]
    public async Task Log_WhenRowsAreChanged_GivesEverythingElseAndNamesWhatItCantRead()
    {
        await using var logs = await Logs.Open(azurite);
        await Fuzzing.RunAsync("log", 3, async one =>
        {
            var session = SessionId.New();
            var writer = (await logs.Log.TakeOver(session, create: true, Cancellation))!;
            var rows = 2 + one.Next(6);
            for (var row = 0; row < rows; row++)
                await writer.Append(Entries.Numbered((row * 2) + 1, 2), default, Cancellation);
            HashSet<long> changed = [];
            await foreach (var stored in logs.Table.QueryAsync<TableEntity>(entity => entity.PartitionKey == session.ToString(), cancellationToken: Cancellation))
            {
                if (stored.RowKey == "head" || !one.Chance(3))
                    continue;
                changed.UnionWith([stored.GetInt64("FirstSequence")!.Value, stored.GetInt64("LastSequence")!.Value]);
                if (one.Chance(4))
                    await logs.Table.DeleteEntityAsync(stored.PartitionKey, stored.RowKey, stored.ETag, Cancellation);
                else
                    await logs.Table.UpdateEntityAsync(Changed(one, stored), stored.ETag, TableUpdateMode.Replace, Cancellation);
            }
            await using var fresh = await Logs.Open(azurite, tableName: logs.Table.Name);
            var read = await ReadAsync(fresh.Log, session, one.Pick((int[])[1, 100, 100_000]));
            Assert.True(read.SequenceEqual(read.Order().Distinct()), $"out of order or twice: {string.Join(' ', read)}");
            Assert.True(Enumerable.Range(1, rows * 2).Select(sequence => (long)sequence).Except(changed).Except(read).ToArray() is [], $"changed {string.Join(' ', changed)}, read {string.Join(' ', read)} of {rows * 2}");
        });
    }

    private static async Task<List<long>> ReadAsync(ISessionLog log, SessionId session, int maxBytes)
    {
        List<long> read = [];
        var after = 0L;
        for (var reads = 0; ; reads++)
        {
            Assert.True(reads < 200, "Reading does not get on.");
            try
            {
                var page = await log.Read(session, after, maxBytes, Cancellation);
                if (page.Length == 0)
                    return read;
                read.AddRange(page.Select(entry => entry.Sequence));
                after = page[^1].Sequence;
            }
            catch (SessionLogCorruptException problem)
            {
                Assert.True(problem.LastSequence > after, $"It can't read up to {problem.LastSequence}, and {after} was read.");
                after = problem.LastSequence;
            }
            catch (NotSupportedException)
            {
                // A newer program's, as far as anybody can tell: it says so, and shows nothing of it.
                return [.. read, .. Enumerable.Range((int)after + 1, 50).Select(sequence => (long)sequence)];
            }
        }
    }

    private static void ReadLogRow(FuzzCase one)
    {
        var entries = Entries.Numbered(1 + one.Next(1_000), 1 + one.Next(20));
        var row = LogRow.ToEntity(Session, new RowId(0, 1), 1, entries);
        var changed = Changed(one, row);
        if (Try(() => LogRow.Entries(changed)) is not { } read)
            return;
        // Its checksum was right: it is what was written.
        Assert.Equal(entries.Select(entry => (entry.Sequence, entry.Kind, entry.AtUnixMilliseconds)), read.Select(entry => (entry.Sequence, entry.Kind, entry.AtUnixMilliseconds)));
        Assert.All(entries.Zip(read), pair => Assert.True(pair.First.Body.Span.SequenceEqual(pair.Second.Body.Span)));
    }

    /// <summary>Behind a right checksum, too: bytes that expand without end, lengths that lie.</summary>
    private static void ReadDecodedBytes(FuzzCase one)
    {
        var (rented, length) = EntryCodec.Encode(Entries.Numbered(1, 1 + one.Next(20)));
        var bytes = rented.AsSpan(0, length).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Try(() => EntryCodec.Decode(one.Mutate(bytes), 1, 1 + one.Next(30)));
        var bomb = RowPayload.Pack(new byte[SessionLogLimits.AppendBytes]).Parts;
        var codec = one.Pick((RowCodec[])[RowCodec.Plain, RowCodec.Brotli]);
        Try(() =>
        {
            RowPayload.Unpack(codec, one.Chance(3) ? bomb : [one.Mutate(bomb[0])], new byte[one.Next(100_000)]);
            return "";
        });
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8 * 1024 * 1024, "Some bytes of a row take megabytes of memory.");
    }

    private static void ReadGrainState(FuzzCase one)
    {
        var state = one.Chance(3) ? new byte[1 + one.Next(3 * GrainStateData.PropertyBytes)] : [1, .. one.Bytes(200)];
        var isText = one.Chance(2);
        var row = new TableEntity("partition", "row");
        if (isText)
            GrainStateData.WriteText(row, new BinaryData(Encoding.ASCII.GetBytes(new string('x', state.Length))));
        else
            GrainStateData.WriteBinary(row, new BinaryData(state));
        // One property is lost, or of another type. What its bytes say, the serializer judges.
        var names = row.Keys.Where(name => name.Contains("Data", StringComparison.Ordinal)).ToArray();
        var name = one.Pick(names);
        var isLost = one.Chance(2);
        // First of all it is lost: an entity makes what is set resemble what it has.
        row.Remove(name);
        if (!isLost)
            row[name] = one.Pick((object[])[1, 1L, true, 1.5, DateTimeOffset.UnixEpoch, Guid.Empty]);
        // A row without any data is one that was cleared; of one without its end the serializer finds out.
        if (isLost && name == names[^1])
            return;
        Assert.True(Try(() => GrainStateData.Read(row) ?? throw new Xunit.Sdk.XunitException($"A state of which {name} is lost is taken for one that was cleared.")) is null, $"A state of {names.Length} properties is read without {name}.");
    }

    private static void ReadReminder(FuzzCase one)
    {
        var entry = new ReminderEntry { GrainId = GrainId.Create("session", "key"), ReminderName = "age", StartAt = DateTimeOffset.UnixEpoch.UtcDateTime, Period = TimeSpan.FromHours(1) };
        var row = Changed(one, ReminderRow.ToRow("service", "cluster", entry));
        IsReadOrUnreadable(() => ReminderRow.BelongsTo(row, "service") ? ReminderRow.ToEntry(row) : null);
    }

    private static void ReadSilo(FuzzCase one)
    {
        var entry = new MembershipEntry
        {
            SiloAddress = SiloAddress.New(System.Net.IPAddress.Loopback, 11111, 7),
            HostName = "host",
            SiloName = "silo",
            Status = SiloStatus.Active,
            ProxyPort = 30000,
            StartTime = DateTimeOffset.UnixEpoch.UtcDateTime,
            IAmAliveTime = DateTimeOffset.UnixEpoch.UtcDateTime,
        };
        entry.AddSuspector(SiloAddress.New(System.Net.IPAddress.Loopback, 11112, 8), DateTimeOffset.UnixEpoch.UtcDateTime);
        var row = Changed(one, MembershipRow.ToRow("cluster", entry));
        IsReadOrUnreadable(() => MembershipRow.ToEntry(row));
        IsReadOrUnreadable(() => MembershipRow.ToGateway(row));
    }

    /// <summary>As the tables' readers take it: what is unreadable is left out, and said.</summary>
    private static void IsReadOrUnreadable(Func<object?> read)
    {
        try
        {
            read();
        }
        catch (Exception unreadable) when (unreadable.IsUnreadable())
        {
            // Left out.
        }
    }

    /// <summary>Null: it was refused, in a way that readers know to get around.</summary>
    private static T? Try<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception refused) when (refused is FormatException or NotSupportedException || (refused is InvalidOperationException && refused.StackTrace!.Contains("TableEntity.", StringComparison.Ordinal)))
        {
            return null;
        }
    }

    /// <summary>Some properties lost, of another type, with other content, or under another name.</summary>
    private static TableEntity Changed(FuzzCase one, TableEntity row)
    {
        var changed = new TableEntity(row);
        for (var changes = 1 + one.Next(3); changes > 0; changes--)
        {
            var name = one.Pick(row.Keys.Where(name => name is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")).ToArray());
            var value = changed.TryGetValue(name, out var stored) ? stored : null;
            switch (one.Next(5))
            {
                case 0:
                    changed.Remove(name);
                    break;
                case 1:
                    changed.Remove(name);
                    changed[name] = one.Pick((object[])[(int)one.Number(), one.Number(), "text", "", true, 1.5, one.Bytes(30), DateTimeOffset.UnixEpoch, Guid.Empty]);
                    break;
                case 2:
                    changed.Remove(name);
                    changed[name + "x"] = value;
                    break;
                default:
                    changed[name] = value switch
                    {
                        byte[] bytes => one.Mutate(bytes),
                        string text => Encoding.Latin1.GetString(one.Mutate(Encoding.Latin1.GetBytes(text))).Replace('\0', '0'),
                        int => (int)one.Number(),
                        long => one.Number(),
                        _ => value,
                    };
                    break;
            }
        }
        return changed;
    }
}
