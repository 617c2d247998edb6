using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Data.Tables;
using OrleansKd.AzureTables.Tables;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// The head of a session's log, row <c>head</c> of the session's partition: who writes, where the log ends, and which rows are it.
/// <para>
/// Invariant: rows 1 … LastRow of <see cref="Generation"/> exist and hold entries 1 … LastSequence. Every row is inserted in a
/// transaction that replaces the head under its ETag, so whoever holds a stale head can add nothing. Only rows that no head will
/// name again are deleted, and those need no condition.
/// </para>
/// <para>
/// Compaction: rows 1 … MergedRows of the next generation exist as well and hold entries 1 … MergedThrough again, in fewer and
/// larger rows. When MergedThrough is LastSequence, one replacement of the head makes that generation the log; the rows of all
/// earlier generations are rubbish from then on. Whoever takes over finds in the head how far it got, and goes on or leaves it.
/// </para>
/// <para>
/// Deletion: the head becomes a tombstone (<see cref="IsDeleted"/>) before the first row goes. It stays for ever, a few hundred
/// bytes: it is what keeps a late write, or a late take-over that makes the log, from reviving the session.
/// </para>
/// <para>
/// Claim (<see cref="IsClaimed"/>): whoever lost a race for the head against appends marks it, whatever its ETag. That fences the
/// writer, which finds the mark and gives up, so that a take-over or deletion does not lose to one that never pauses. The mark
/// takes nothing itself: the next conditional replacement does, and drops it.
/// </para>
/// Format 1: neither compacted nor deleted. Format 2 adds Generation, MergedRows, MergedThrough and Deleted, and is written only
/// when one of them says something.
/// </summary>
internal sealed record HeadRow(SessionLogHead Head, long LastRow, ETag ETag)
{
    public const string RowKey = "head";

    private const string Format = "Format";
    private const string Deleted = "Deleted";
    private const string Claimed = "Claimed";

    /// <summary>Raised when older programs must not touch logs any more.</summary>
    private const int NewestFormat = 2;

    public static HeadRow First { get; } = new(new SessionLogHead(Epoch: 1, LastSequence: 0, new RunPosition(0, 0), Bytes: 0), LastRow: 0, default);

    /// <summary>Of the rows that are the log: 0 for those that appends made, one more with every compaction.</summary>
    public long Generation { get; init; }

    /// <summary>Rows of the next generation that a compaction has made so far.</summary>
    public long MergedRows { get; init; }

    /// <summary>The last sequence that they hold.</summary>
    public long MergedThrough { get; init; }

    /// <summary>A tombstone.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Somebody is about to take over or to delete: the writer of this epoch may change nothing more.</summary>
    public bool IsClaimed { get; init; }

    /// <summary>On average, at least 1; null when there is none.</summary>
    public long? BytesOfRow => LastRow > 0 ? Math.Max(1, Head.Bytes / LastRow) : null;

    public RowId Last => new(Generation, LastRow);

    /// <summary>The head, or null when there is no such log or it was deleted.</summary>
    public static async Task<HeadRow?> Read(TableClient table, SessionId session, CancellationToken cancellationToken) =>
        await ReadWithTombstone(table, session, cancellationToken) is { IsDeleted: false } head ? head : null;

    public static async Task<HeadRow?> ReadWithTombstone(TableClient table, SessionId session, CancellationToken cancellationToken) =>
        await table.Find(session.ToString(), RowKey, cancellationToken) is { } row ? Parse(session, row) : null;

    /// <summary>Marks the head as claimed, whoever writes it at this moment. Of a log that is not there, 404.</summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "To win over writers that are faster is the purpose; the mark changes nothing else of the row.")]
    public static Task Claim(TableClient table, SessionId session, CancellationToken cancellationToken) =>
        table.UpdateEntityAsync(new TableEntity(session.ToString(), RowKey) { [Claimed] = true }, ETag.All, TableUpdateMode.Merge, cancellationToken);

    /// <summary>Whether both say the same about the log, however they were written.</summary>
    public bool Says(HeadRow other) => this with { ETag = default, IsClaimed = default } == other with { ETag = default, IsClaimed = default };

    public TableEntity ToEntity(SessionId session)
    {
        var row = new TableEntity(session.ToString(), RowKey)
        {
            [Format] = 1,
            [nameof(Head.Epoch)] = Head.Epoch,
            [nameof(LastRow)] = LastRow,
            [nameof(Head.LastSequence)] = Head.LastSequence,
            [nameof(Head.Run)] = Head.Run.Run,
            [nameof(Head.Run.Chunk)] = Head.Run.Chunk,
            [nameof(Head.Bytes)] = Head.Bytes,
        };
        if (Generation > 0 || MergedRows > 0 || IsDeleted)
        {
            row[Format] = NewestFormat;
            row[nameof(Generation)] = Generation;
            row[nameof(MergedRows)] = MergedRows;
            row[nameof(MergedThrough)] = MergedThrough;
            row[Deleted] = IsDeleted;
        }

        return row;
    }

    private static HeadRow Parse(SessionId session, TableEntity row)
    {
        var format = row.GetInt32(Format) ?? 0;
        if (format is < 1 or > NewestFormat)
        {
            throw new NotSupportedException($"Session {session}'s log has format {format}, this program knows 1 to {NewestFormat}. Update it.");
        }

        long Number(string name) => row.GetInt64(name) ?? throw new FormatException($"The head of session {session}'s log has no {name}.");
        long Added(string name) => format == 1 ? 0 : Number(name);
        var run = new RunPosition(
            row.GetInt32(nameof(Head.Run)) ?? throw new FormatException($"The head of session {session}'s log has no {nameof(Head.Run)}."),
            Number(nameof(Head.Run.Chunk)));
        return new HeadRow(
            new SessionLogHead(Number(nameof(Head.Epoch)), Number(nameof(Head.LastSequence)), run, Number(nameof(Head.Bytes))),
            Number(nameof(LastRow)),
            row.ETag)
        {
            Generation = Added(nameof(Generation)),
            MergedRows = Added(nameof(MergedRows)),
            MergedThrough = Added(nameof(MergedThrough)),
            IsDeleted = format > 1 && (row.GetBoolean(Deleted) ?? throw new FormatException($"The head of session {session}'s log has no {Deleted}.")),
            IsClaimed = row.GetBoolean(Claimed) is true,
        };
    }
}
