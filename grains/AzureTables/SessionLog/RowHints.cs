using OrleansKd.Contracts;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Where recent reads found which entries, so that the next read of each reader goes straight to its row. Rows never change, so a
/// hint is never wrong, but compaction can remove its row; a missing one costs a search. Bounded, shared by all readers of a process.
/// </summary>
internal sealed class RowHints(int maxSessions = RowHints.MaxSessions)
{
    /// <summary>Twice the sessions of a well-filled process; about 4 MB in all.</summary>
    public const int MaxSessions = 4096;

    /// <summary>Of one session: more than the readers that it has in one process.</summary>
    public const int MaxRowsOfSession = 32;

    private readonly Lock gate = new();
    private readonly Dictionary<SessionId, LinkedListNode<Hints>> bySession = [];
    private readonly LinkedList<Hints> byUse = [];

    public void Remember(SessionId session, RowSpan row)
    {
        lock (gate)
        {
            Touch(session, create: true)!.Add(row);
        }
    }

    /// <summary>The row of this sequence, if it is known: the row that holds it, or the one after a row that ends before it.</summary>
    public RowId? Find(SessionId session, long sequence)
    {
        lock (gate)
        {
            foreach (var row in Touch(session, create: false)?.Rows ?? [])
            {
                if (row.Contains(sequence))
                {
                    return row.Row;
                }

                if (row.LastSequence == sequence - 1)
                {
                    return row.Row.Next;
                }
            }

            return null;
        }
    }

    /// <summary>Rows between which a sequence is, both exclusive; 0 and <see cref="long.MaxValue"/> where nothing is known.</summary>
    public (long Below, long Above) Around(SessionId session, long generation, long sequence)
    {
        lock (gate)
        {
            var (below, above) = (0L, long.MaxValue);
            foreach (var row in (Touch(session, create: false)?.Rows ?? []).Where(row => row.Row.Generation == generation))
            {
                below = row.LastSequence < sequence ? Math.Max(below, row.Number) : below;
                above = row.FirstSequence > sequence ? Math.Min(above, row.Number) : above;
            }

            return (below, above);
        }
    }

    public void Forget(SessionId session)
    {
        lock (gate)
        {
            if (bySession.Remove(session, out var node))
            {
                byUse.Remove(node);
            }
        }
    }

    private Hints? Touch(SessionId session, bool create)
    {
        if (bySession.TryGetValue(session, out var node))
        {
            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value;
        }

        if (!create)
        {
            return null;
        }

        if (bySession.Count >= maxSessions)
        {
            bySession.Remove(byUse.Last!.Value.Session);
            byUse.RemoveLast();
        }

        node = byUse.AddFirst(new Hints(session));
        bySession.Add(session, node);
        return node.Value;
    }

    private sealed class Hints(SessionId session)
    {
        private int next;

        public SessionId Session { get; } = session;

        public List<RowSpan> Rows { get; } = [];

        // The oldest gives way: a reader's last row is what its next read needs.
        public void Add(RowSpan row)
        {
            if (Rows.Contains(row))
            {
                return;
            }

            if (Rows.Count < MaxRowsOfSession)
            {
                Rows.Add(row);
            }
            else
            {
                Rows[next] = row;
                next = (next + 1) % MaxRowsOfSession;
            }
        }
    }
}
