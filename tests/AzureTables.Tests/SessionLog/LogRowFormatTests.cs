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
        Assert.Equal(Snapshot("plain"), Text(LogRow.ToEntity(Session, 7, 3, Small)));

    [Fact]
    public void HeadRow_ToEntity_IsTheCommittedRow() =>
        Assert.Equal(Snapshot("head"), Text(new HeadRow(new SessionLogHead(3, 43, new RunPosition(2, 99), 1234), 7, default).ToEntity(Session)));

    [Theory]
    [InlineData("plain", 1)]
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
        var row = LogRow.ToEntity(Session, 8, 3, Large);

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
                Entries.Equal(entries, LogRow.Entries(LogRow.ToEntity(Session, 1, 1, entries)));
            }
        }
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
