// One append of a session's log as a table row. Stored for years: changes are additions, pinned by LogRowFormat tests.
//
//   PartitionKey   the session's id
//   RowKey         RowId: where the row stands. Generation 0, what appends made: "r" and the row's number in 19 digits, so that
//                  text order is number order. Generation g, what a compaction made and appends after it: "c", g in 10 digits,
//                  "-", the number in 19. Numbers are dense in each generation, from 1
//   FirstSequence  Int64    LastSequence  Int64    sequences of the row's entries, both inclusive, without holes
//   Epoch          Int64    the writer's: tells a row that landed from another writer's row of the same number
//   Codec          Int32    RowCodec: how Data is packed
//   Length         Int32    bytes of Data unpacked (EntryCodec)
//   Checksum       Int64    XxHash64 of FirstSequence, LastSequence, Codec, Length (little-endian) and the packed Data
//   Data, Data1 … Data10    Binary, 64 KB each, each filled before the next is used
//
// Invariant: a row never changes and its key is never used again. Row n holds the entries right after those of row n - 1 of its
// generation. The rows of one generation are the log: the one that the head names (HeadRow).

using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Azure.Data.Tables;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>Which entries a row holds.</summary>
internal readonly record struct RowSpan(RowId Row, long FirstSequence, long LastSequence)
{
    public long Number => Row.Number;

    public bool Contains(long sequence) => sequence >= FirstSequence && sequence <= LastSequence;
}

internal static class LogRow
{
    /// <summary>What it takes to know which entries a row holds, without their bytes.</summary>
    public static readonly string[] SpanProperties = ["PartitionKey", "RowKey", FirstSequence, LastSequence];

    public const string EpochName = "Epoch";

    private const string FirstSequence = "FirstSequence";
    private const string LastSequence = "LastSequence";
    private const string Codec = "Codec";
    private const string Length = "Length";
    private const string Checksum = "Checksum";

    public static TableEntity ToEntity(SessionId session, RowId id, long epoch, IReadOnlyList<SessionLogEntry> entries)
    {
        var (rented, length) = EntryCodec.Encode(entries);
        try
        {
            var (codec, parts) = RowPayload.Pack(rented.AsSpan(0, length));
            var (first, last) = (entries[0].Sequence, entries[^1].Sequence);
            var row = new TableEntity(session.ToString(), id.Key)
            {
                [FirstSequence] = first,
                [LastSequence] = last,
                [EpochName] = epoch,
                [Codec] = (int)codec,
                [Length] = length,
                [Checksum] = Hash(first, last, (int)codec, length, parts),
            };
            for (var i = 0; i < parts.Length; i++)
            {
                row[DataName(i)] = parts[i];
            }

            return row;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <exception cref="FormatException">The row does not say which entries it holds.</exception>
    public static RowSpan Span(TableEntity row)
    {
        if (RowId.TryParse(row.RowKey) is not { } id)
        {
            throw new FormatException($"'{row.RowKey}' is no log row's key");
        }

        var (first, last) = (row.GetInt64(FirstSequence), row.GetInt64(LastSequence));
        return first is > 0 && last >= first
            ? new RowSpan(id, first.Value, last.Value)
            : throw new FormatException($"row '{row.RowKey}' does not say which entries it holds");
    }

    /// <exception cref="FormatException">The row is damaged.</exception>
    /// <exception cref="NotSupportedException">A newer program wrote it.</exception>
    public static SessionLogEntry[] Entries(TableEntity row)
    {
        var span = Span(row);
        var codec = row.GetInt32(Codec) ?? 0;
        var length = row.GetInt32(Length) ?? -1;
        var parts = Parts(row);
        if (row.GetInt64(Checksum) != Hash(span.FirstSequence, span.LastSequence, codec, length, parts))
        {
            throw new FormatException("its checksum is wrong");
        }

        if (!Enum.IsDefined((RowCodec)codec))
        {
            throw new NotSupportedException($"Row '{row.RowKey}' of session {row.PartitionKey}'s log is packed with codec {codec}, which this program does not know. Update it.");
        }

        var count = span.LastSequence - span.FirstSequence + 1;
        if (length is < 0 or > SessionLogLimits.AppendBytes || count > length)
        {
            throw new FormatException($"{length} bytes can't be {count} entries");
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var bytes = rented.AsSpan(0, length);
            RowPayload.Unpack((RowCodec)codec, parts, bytes);
            return EntryCodec.Decode(bytes, span.FirstSequence, (int)count);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static List<byte[]> Parts(TableEntity row)
    {
        List<byte[]> parts = [];
        while (parts.Count < RowPayload.MaxParts && row.TryGetValue(DataName(parts.Count), out var part) && part is byte[] bytes)
        {
            parts.Add(bytes);
        }

        return parts;
    }

    private static long Hash(long first, long last, int codec, int length, IEnumerable<byte[]> parts)
    {
        Span<byte> header = stackalloc byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(header, first);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], last);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], codec);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], length);
        var hash = new XxHash64();
        hash.Append(header);
        foreach (var part in parts)
        {
            hash.Append(part);
        }

        return unchecked((long)hash.GetCurrentHashAsUInt64());
    }

    private static string DataName(int index) => index == 0 ? "Data" : "Data" + index.ToString(CultureInfo.InvariantCulture);
}
