using System.Text;
using Azure.Data.Tables;
using OrleansKd.AzureTables.SessionLog;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.Tests.SessionLog;

/// <summary>
/// Rows that were written must be readable for ever: LogRowFormat.verified.txt holds stored rows and is never edited, only
/// added to.
/// </summary>
public sealed class LogRowFormatTests
{
    private static readonly SessionId Session = SessionId.Parse("abcdefghijklmnopqrstuvwxyz");

    private static readonly SessionLogEntry[] Small =
    [
        new(41, 1_700_000_000_000, SessionLogEntryKind.CommandEntered, "{\"text\":\"k\"}"u8.ToArray()),
        new(42, 1_700_000_000_250, SessionLogEntryKind.Output, new byte[] { 0x00, 0x7F, 0x80, 0xFF }),
        new(43, 1_699_999_999_000, SessionLogEntryKind.Gap, ReadOnlyMemory<byte>.Empty),
    ];

    private static readonly SessionLogEntry[] Large =
        [.. Enumerable.Range(0, 40).Select(i => Entries.Output(1000 + i, $"nt!KiSwapContext+0x{i:x4} ffff8000`{i * 4096:x8}\r\n"))];

    [Fact]
    public void ToEntity_OfPlainBytes_IsTheCommittedRow() =>
        Assert.Equal(Snapshot("plain"), Text(LogRow.ToEntity(Session, new RowId(0, 7), 3, Small)));

    [Fact]
    public void HeadRow_ToEntity_IsTheCommittedRow() =>
        Assert.Equal(Snapshot("head"), Text(new HeadRow(new SessionLogHead(3, 43, new RunPosition(2, 99), 1234), 7, default).ToEntity(Session)));

    [Fact]
    public void ToEntity_OfAMergedRow_IsTheCommittedRow() =>
        Assert.Equal(Snapshot("merged"), Text(LogRow.ToEntity(Session, new RowId(2, 7), 3, Small)));

    [Theory]
    [InlineData("head-compacting")]
    [InlineData("head-compacted")]
    [InlineData("head-deleted")]
    public void HeadRow_ToEntity_OfFormat2_IsTheCommittedRow(string name) =>
        Assert.Equal(Snapshot(name), Text(Format2(name).ToEntity(Session)));

    [Fact]
    public void RowId_Keys_SortByGenerationAndNumberAndComeBack()
    {
        RowId[] inOrder = [new(1, 1), new(1, 9), new(1, 10), new(2, 1), new(10, 1), new(10, long.MaxValue), new(0, 1), new(0, 10), new(0, long.MaxValue)];

        Assert.Equal(inOrder, inOrder.OrderBy(id => id.Key, StringComparer.Ordinal));
        Assert.Equal(inOrder.Cast<RowId?>(), inOrder.Select(id => RowId.TryParse(id.Key)));
        Assert.All(inOrder, id => Assert.All(inOrder, other => Assert.Equal(
            id.Generation == other.Generation, string.CompareOrdinal(other.Key, (id with { Number = 0 }).Key) >= 0 && string.CompareOrdinal(other.Key, id.KeyEnd) < 0)));
        Assert.All((string[])["head", "r", "rx", "c1", "c1-", "c-1", "c1-2-3", ""], key => Assert.Null(RowId.TryParse(key)));
    }

    [Theory]
    [InlineData("plain", 1)]
    [InlineData("merged", 1)]
    [InlineData("brotli", 2)]
    public void Entries_OfTheCommittedRow_AreTheOnesThatWereWritten(string name, int codec)
    {
        var row = Parse(Snapshot(name));

        Assert.Equal(codec, row.GetInt32("Codec"));
        Entries.Equal(codec == 1 ? Small : Large, LogRow.Entries(row));
    }

    // Brotli's bytes may change with its version; what they unpack to may not.
    [Fact]
    public void ToEntity_OfTextOutput_Shrinks()
    {
        var row = LogRow.ToEntity(Session, new RowId(0, 8), 3, Large);

        Assert.Equal(2, row.GetInt32("Codec"));
        Assert.True(row.GetBinary("Data").Length * 3 < row.GetInt32("Length"), Text(row));
        Entries.Equal(Large, LogRow.Entries(row));
    }

    [Fact]
    public void Entries_OfRandomAppends_AreTheOnesThatWereWritten()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            List<SessionLogEntry> entries = [];
            var left = random.Next(1, 1 << random.Next(6, 20));
            for (long sequence = random.NextInt64(1, 1L << 40); left >= SessionLogEntry.OverheadBytes && entries.Count < 2000; sequence++)
            {
                var body = Entries.Noise(random.Next(), random.Next(Math.Min(16 * 1024, left)));
                if (random.Next(2) == 0)
                {
                    // Few different bytes: shrinks, so that rows of several packed parts appear, too.
                    for (var i = 0; i < body.Length; i++)
                    {
                        body[i] &= 0x3;
                    }
                }

                var entry = new SessionLogEntry(sequence, random.NextInt64(), SessionLogEntryKind.Output, body);
                left -= entry.CostBytes;
                entries.Add(entry);
                if (left < 0)
                {
                    break;
                }
            }

            if (entries.Count > 0 && entries.Sum(entry => entry.CostBytes) <= SessionLogLimits.AppendBytes)
            {
                Entries.Equal(entries, LogRow.Entries(LogRow.ToEntity(Session, new RowId(0, 1), 1, entries)));
            }
        }
    }

    private static HeadRow Format2(string name)
    {
        var head = new HeadRow(new SessionLogHead(3, 43, new RunPosition(2, 99), 1234), 7, default);
        return name switch
        {
            "head-compacting" => head with { MergedRows = 2, MergedThrough = 21 },
            "head-compacted" => head with { Generation = 1, LastRow = 2 },
            _ => head with { IsDeleted = true },
        };
    }

    private static string Text(TableEntity row)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in row.Where(property => property.Value is not null))
        {
            text.Append(name).Append(' ').Append(value switch
            {
                byte[] bytes => $"Binary {Convert.ToBase64String(bytes)}",
                _ => $"{value.GetType().Name} {value}",
            }).Append('\n');
        }

        return text.ToString();
    }

    private static TableEntity Parse(string text)
    {
        var row = new TableEntity();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ', 3) is not [var name, var type, var value])
            {
                throw new FormatException(line);
            }

            row[name] = type switch
            {
                "Binary" => Convert.FromBase64String(value),
                "Int32" => int.Parse(value),
                "Int64" => long.Parse(value),
                _ => value,
            };
        }

        return row;
    }

    private static string Snapshot(string name)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "SessionLog", "LogRowFormat.verified.txt"));
        var start = text.IndexOf($"== {name}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no '== {name}' in the snapshot.");
        var body = text[(start + name.Length + 4)..];
        var end = body.IndexOf("\n== ", StringComparison.Ordinal);
        return end < 0 ? body : body[..(end + 1)];
    }
}
