using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.SessionLog;

/// <summary>
/// Rows of which a page took only a part, so that paging through a large row fetches and unpacks it once. Never wrong: a row
/// does not change and its key is not used again. Bounded, shared by all readers of a process; the least recently used gives way.
/// </summary>
internal sealed class DecodedRows(TimeProvider time, long maxBytes = DecodedRows.MaxBytes)
{
    /// <summary>Of all rows together, as decoded: the current row of a dozen readers in large rows.</summary>
    public const long MaxBytes = 8 * 1024 * 1024;

    /// <summary>What an entry costs in memory beside its bytes: its object and its array's header.</summary>
    private const int EntryOverheadBytes = 64;

    /// <summary>What a row costs beside its entries.</summary>
    private const int RowOverheadBytes = 256;

    /// <summary>After a deletion another process gives out rows from here for no longer than this.</summary>
    private static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<(SessionId Session, RowId Row), LinkedListNode<Decoded>> byRow = [];
    private readonly LinkedList<Decoded> byUse = [];
    private long bytes;

    public long Bytes
    {
        get
        {
            lock (gate)
            {
                return bytes;
            }
        }
    }

    public SessionLogEntry[]? Find(SessionId session, RowId row)
    {
        lock (gate)
        {
            if (!byRow.TryGetValue((session, row), out var node))
            {
                return null;
            }

            if (time.GetElapsedTime(node.Value.Since) > LongestAge)
            {
                Remove(node);
                return null;
            }

            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value.Entries;
        }
    }

    public void Keep(SessionId session, RowId row, SessionLogEntry[] entries)
    {
        var size = RowOverheadBytes + entries.Sum(entry => (long)entry.Body.Length + EntryOverheadBytes);
        if (size > maxBytes)
        {
            return;
        }

        lock (gate)
        {
            if (byRow.TryGetValue((session, row), out var known))
            {
                Remove(known);
            }

            byRow.Add((session, row), byUse.AddFirst(new Decoded((session, row), entries, size, time.GetTimestamp())));
            for (bytes += size; bytes > maxBytes;)
            {
                Remove(byUse.Last!);
            }
        }
    }

    public void Forget(SessionId session)
    {
        lock (gate)
        {
            foreach (var node in byRow.Where(row => row.Key.Session == session).Select(row => row.Value).ToList())
            {
                Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<Decoded> node)
    {
        byRow.Remove(node.Value.Key);
        byUse.Remove(node);
        bytes -= node.Value.Bytes;
    }

    private sealed record Decoded((SessionId, RowId) Key, SessionLogEntry[] Entries, long Bytes, long Since);
}
