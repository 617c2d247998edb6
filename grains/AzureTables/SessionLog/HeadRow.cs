using Azure;
using Azure.Data.Tables;
using OrleansKd.AzureTables.Tables;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// The head of a session's log, row <c>head</c> of the session's partition: who writes, and where the log ends.
/// <para>
/// Invariant: log rows 1 … LastRow exist and no other; they hold entries 1 … LastSequence. Every change of the partition replaces
/// the head under its ETag in the same transaction, so whoever holds a stale head can change nothing.
/// </para>
/// </summary>
internal sealed record HeadRow(SessionLogHead Head, long LastRow, ETag ETag)
{
    public const string RowKey = "head";

    /// <summary>Raised when older programs must not touch logs any more.</summary>
    private const int Format = 1;

    public static HeadRow First { get; } = new(new SessionLogHead(Epoch: 1, LastSequence: 0, new RunPosition(0, 0), Bytes: 0), LastRow: 0, default);

    public static async Task<HeadRow?> Read(TableClient table, SessionId session, CancellationToken cancellationToken) =>
        await table.Find(session.ToString(), RowKey, cancellationToken) is { } row ? Parse(session, row) : null;

    public TableEntity ToEntity(SessionId session) => new(session.ToString(), RowKey)
    {
        [nameof(Format)] = Format,
        [nameof(Head.Epoch)] = Head.Epoch,
        [nameof(LastRow)] = LastRow,
        [nameof(Head.LastSequence)] = Head.LastSequence,
        [nameof(Head.Run)] = Head.Run.Run,
        [nameof(Head.Run.Chunk)] = Head.Run.Chunk,
        [nameof(Head.Bytes)] = Head.Bytes,
    };

    private static HeadRow Parse(SessionId session, TableEntity row)
    {
        var format = row.GetInt32(nameof(Format)) ?? 0;
        if (format != Format)
        {
            throw new NotSupportedException($"Session {session}'s log has format {format}, this program knows {Format}. Update it.");
        }

        long Number(string name) => row.GetInt64(name) ?? throw new FormatException($"The head of session {session}'s log has no {name}.");
        var run = new RunPosition(
            row.GetInt32(nameof(Head.Run)) ?? throw new FormatException($"The head of session {session}'s log has no {nameof(Head.Run)}."),
            Number(nameof(Head.Run.Chunk)));
        return new HeadRow(
            new SessionLogHead(Number(nameof(Head.Epoch)), Number(nameof(Head.LastSequence)), run, Number(nameof(Head.Bytes))),
            Number(nameof(LastRow)),
            row.ETag);
    }
}
