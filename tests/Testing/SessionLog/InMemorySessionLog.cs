using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Testing.SessionLog;

/// <summary>
/// The session log in this process's memory, with the same contract as the stored one: fencing, refusals, limits. It outlives
/// silos, so one instance given to all silos of a test cluster is the cluster's durable store.
/// </summary>
public sealed class InMemorySessionLog : ISessionLog
{
    private readonly Lock gate = new();
    private readonly Dictionary<SessionId, StoredLog> logs = [];
    private readonly HashSet<SessionId> deleted = [];

    /// <summary>
    /// Awaited before an append becomes durable: a test can stall the storage here, or throw, which makes the outcome unknown to
    /// the writer while nothing is in the log.
    /// </summary>
    public Func<SessionId, IReadOnlyList<SessionLogEntry>, Task>? BeforeAppend { get; set; }

    /// <summary>
    /// Awaited when an append is durable and its writer does not know yet: throwing here is a lost answer.
    /// </summary>
    public Func<SessionId, IReadOnlyList<SessionLogEntry>, Task>? AfterAppend { get; set; }

    /// <summary>Awaited at the start of a compaction, which here has nothing to do: a test can see, stall or fail it.</summary>
    public Func<SessionId, Task>? BeforeCompact { get; set; }

    /// <summary>Awaited before a log is deleted; throwing means that it never is.</summary>
    public Func<SessionId, Task>? BeforeDelete { get; set; }

    /// <summary>Awaited when a log is deleted and whoever asked for it does not know yet.</summary>
    public Func<SessionId, Task>? AfterDelete { get; set; }

    /// <summary>Entries that can't be read, first and last; null: all can.</summary>
    public (long First, long Last)? Damage { get; set; }

    public Task<SessionLogHead?> ReadHead(SessionId session, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            return Task.FromResult(logs.GetValueOrDefault(session)?.Head);
        }
    }

    public Task<ISessionLogWriter?> TakeOver(SessionId session, bool create, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (!logs.TryGetValue(session, out var log))
            {
                if (!create || deleted.Contains(session))
                {
                    return Task.FromResult<ISessionLogWriter?>(null);
                }

                logs.Add(session, log = new StoredLog());
            }

            log.Head = log.Head with { Epoch = log.Head.Epoch + 1 };
            return Task.FromResult<ISessionLogWriter?>(new InMemorySessionLogWriter(this, session, log.Head));
        }
    }

    public Task<SessionLogEntry[]> Read(SessionId session, long after, int maxBytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var entries = logs.GetValueOrDefault(session)?.Entries ?? [];
            var first = (int)Math.Clamp(after, 0, entries.Count);
            var end = first;
            if (first < entries.Count && IsDamaged(entries[first]))
            {
                throw new SessionLogCorruptException(session, row: 1, entries[first].Sequence, Damage!.Value.Last, "a test damaged it");
            }

            for (long bytes = 0; end < entries.Count && !IsDamaged(entries[end]) && Fits(ref bytes, entries[end], end == first, maxBytes); end++)
            {
            }

            return Task.FromResult(entries[first..end].ToArray());
        }
    }

    public Task<SessionLogEntry[]> ReadBackwards(SessionId session, long before, int maxBytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var entries = logs.GetValueOrDefault(session)?.Entries ?? [];
            var end = (int)Math.Clamp(before - 1, 0, entries.Count);
            var first = end;
            for (long bytes = 0; first > 0 && Fits(ref bytes, entries[first - 1], first == end, maxBytes); first--)
            {
            }

            return Task.FromResult(entries[first..end].ToArray());
        }
    }

    public async Task Delete(SessionId session, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (BeforeDelete is { } before)
        {
            await before(session).WaitAsync(cancellationToken);
        }

        lock (gate)
        {
            if (logs.Remove(session))
            {
                deleted.Add(session);
            }
        }

        if (AfterDelete is { } after)
        {
            await after(session).WaitAsync(cancellationToken);
        }
    }

    public Task<bool> WasDeleted(SessionId session, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            return Task.FromResult(deleted.Contains(session));
        }
    }

    /// <summary>False when a later writer has taken the log over, or it was deleted.</summary>
    internal bool IsCurrent(SessionId session, long epoch)
    {
        lock (gate)
        {
            return logs.TryGetValue(session, out var log) && log.Head.Epoch == epoch;
        }
    }

    /// <summary>False when a later writer has taken the log over, or it was deleted.</summary>
    internal bool TryAppend(SessionId session, SessionLogHead next, IReadOnlyList<SessionLogEntry> entries)
    {
        lock (gate)
        {
            if (!IsCurrent(session, next.Epoch))
            {
                return false;
            }

            var log = logs[session];

            // Copied as a store copies: whoever reuses a buffer after the append must not change what is in the log.
            log.Entries.AddRange(entries.Select(e => new SessionLogEntry(e.Sequence, e.AtUnixMilliseconds, e.Kind, e.Body.ToArray())));
            log.Head = next;
            return true;
        }
    }

    private bool IsDamaged(SessionLogEntry entry) => entry.Sequence >= Damage?.First && entry.Sequence <= Damage?.Last;

    private static bool Fits(ref long bytes, SessionLogEntry entry, bool isFirst, int maxBytes) =>
        (bytes += entry.CostBytes) <= maxBytes || isFirst;

    private sealed class StoredLog
    {
        public SessionLogHead Head { get; set; } = new(Epoch: 0, LastSequence: 0, new RunPosition(0, 0), Bytes: 0);

        public List<SessionLogEntry> Entries { get; } = [];
    }
}
