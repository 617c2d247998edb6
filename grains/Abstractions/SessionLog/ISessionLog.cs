using OrleansKd.Contracts;

namespace OrleansKd.Grains.Abstractions.SessionLog;

/// <summary>
/// The durable, ordered record of sessions. One writer for a session at a time: the one that took the log over last; every
/// earlier one is fenced and can't append any more, whatever it believes. Implementations pass <c>SessionLogContract</c>.
/// </summary>
public interface ISessionLog
{
    /// <summary>The head as it is now, or null when there is no such log. Takes nothing over.</summary>
    Task<SessionLogHead?> ReadHead(SessionId session, CancellationToken cancellationToken);

    /// <summary>
    /// Becomes the one writer: the head's epoch grows by one, in one conditional write, and every earlier writer is fenced from
    /// that moment. What a fenced writer had in flight is either in the log that is then read, or never will be.
    /// </summary>
    /// <param name="create">Make the log when there is none.</param>
    /// <returns>Null when there is no such log and <paramref name="create"/> is false, and always when it was deleted.</returns>
    Task<ISessionLogWriter?> TakeOver(SessionId session, bool create, CancellationToken cancellationToken);

    /// <summary>
    /// Entries after sequence <paramref name="after"/>, in order and without holes: at least one if there is one, then as many as
    /// fit into <paramref name="maxBytes"/> (by <see cref="SessionLogEntry.CostBytes"/>). Only what is durable; fewer for a
    /// moment after another process compacted the log. Empty only at the end and for a log that does not exist.
    /// </summary>
    /// <exception cref="SessionLogCorruptException">
    /// The next entry can't be read, now or later. What precedes it was returned by earlier reads; what follows it is read on with
    /// <paramref name="after"/> = its <see cref="SessionLogCorruptException.LastSequence"/>.
    /// </exception>
    Task<SessionLogEntry[]> Read(SessionId session, long after, int maxBytes, CancellationToken cancellationToken);

    /// <summary>
    /// The last entries before sequence <paramref name="before"/> (<see cref="long.MaxValue"/>: from the end), in ascending order:
    /// at least one if there is one, then as many as fit.
    /// </summary>
    /// <exception cref="SessionLogCorruptException">
    /// The last entry before can't be read; what precedes it is read on with <paramref name="before"/> = its
    /// <see cref="SessionLogCorruptException.FirstSequence"/>.
    /// </exception>
    Task<SessionLogEntry[]> ReadBackwards(SessionId session, long before, int maxBytes, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the log for ever. From the first step on its writer is fenced, readers find nothing and it is never made again;
    /// other processes may give out what they hold in memory for half a minute. When this throws or is interrupted, call it
    /// again: it goes on. Nothing happens for a log that does not exist or is deleted already.
    /// </summary>
    Task Delete(SessionId session, CancellationToken cancellationToken);

    /// <summary>Whether <see cref="Delete"/> has begun for this session: then there is none with its id, and never will be.</summary>
    Task<bool> WasDeleted(SessionId session, CancellationToken cancellationToken);
}

/// <summary>One life of writing to one session's log. One append at a time; a compaction may run beside it.</summary>
public interface ISessionLogWriter
{
    /// <summary>The head after the last successful write.</summary>
    SessionLogHead Head { get; }

    /// <summary>
    /// Makes all of <paramref name="entries"/> durable in one atomic write, together with the run's position, or none of them.
    /// Sequences go on where the head ends, without holes. At least one entry, at most <see cref="SessionLogLimits.AppendBytes"/>
    /// (<see cref="SessionLogAppend"/> checks both). Never applied twice, also when the answer to a write got lost.
    /// Cancelled before anything was sent: <see cref="OperationCanceledException"/> and the writer can go on; cancelled later:
    /// <see cref="SessionLogUnknownException"/>.
    /// </summary>
    /// <exception cref="SessionLogFencedException">Another writer took over; nothing was written.</exception>
    /// <exception cref="SessionLogUnknownException">The outcome could not be found out; this writer can't be used any more.</exception>
    Task Append(IReadOnlyList<SessionLogEntry> entries, RunPosition run, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the log in fewer and larger pieces, and removes what earlier compactions left behind. Changes nothing that can be
    /// read: entries, sequences and head stay. May run beside appends, which wait for one step of it at most; one at a time. When
    /// it ends early, for whatever reason, the log is whole, and a later one, also by another writer, goes on. Cancelled: it ends
    /// with <see cref="OperationCanceledException"/> after the step under way, and the writer can go on.
    /// </summary>
    /// <exception cref="SessionLogFencedException">Another writer took over.</exception>
    /// <exception cref="SessionLogUnknownException">How far it got could not be found out; this writer can't be used any more.</exception>
    /// <exception cref="SessionLogCorruptException">A damaged log stays as it is.</exception>
    Task Compact(CancellationToken cancellationToken);
}

/// <summary>The head of a session's log.</summary>
/// <param name="Epoch">Grows by one with every take-over.</param>
/// <param name="LastSequence">Of the newest durable entry, 0 when there is none.</param>
/// <param name="Run">How far the agent's chunks are durable.</param>
/// <param name="Bytes">Bytes of all entries, uncompressed: what the transcript's limit (rule I7) counts.</param>
public sealed record SessionLogHead(long Epoch, long LastSequence, RunPosition Run, long Bytes);

/// <param name="Run">Number of the debugger's run, 0 before the first.</param>
/// <param name="Chunk">The highest chunk of that run which is in the log, 0 when none is.</param>
public readonly record struct RunPosition(int Run, long Chunk);

public static class SessionLogLimits
{
    /// <summary>
    /// Bytes of one append (sum of <see cref="SessionLogEntry.CostBytes"/>): one table row holds 640 KB and what does not
    /// compress must fit too.
    /// </summary>
    public const int AppendBytes = 512 * 1024;
}

/// <summary>Another activation of the session's grain took the log over. Deactivate and let the newer one answer.</summary>
public sealed class SessionLogFencedException(SessionId session, long epoch)
    : Exception($"Epoch {epoch} of session {session}'s log was taken over by a later one; nothing was written.");

/// <summary>It is not known whether a write is in the log. Take the log over again and read it.</summary>
public sealed class SessionLogUnknownException(SessionId session, Exception cause)
    : Exception($"Whether the last write to session {session}'s log landed could not be found out.", cause);

/// <summary>Stored entries are damaged or missing. Reading them again gives the same answer: read on around them.</summary>
/// <param name="row">Number of the damaged row.</param>
/// <param name="firstSequence">Of the entries that can't be read.</param>
/// <param name="lastSequence">Of the entries that can't be read.</param>
public sealed class SessionLogCorruptException(SessionId session, long row, long firstSequence, long lastSequence, string what)
    : Exception($"Row {row} of session {session}'s log, entries {firstSequence} to {lastSequence}, can't be read: {what}.")
{
    public long Row { get; } = row;

    public long FirstSequence { get; } = firstSequence;

    public long LastSequence { get; } = lastSequence;
}
