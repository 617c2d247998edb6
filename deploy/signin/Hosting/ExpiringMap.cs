using System.Diagnostics.CodeAnalysis;

namespace OrleansKd.SignIn.Hosting;

/// <summary>What is remembered for a fixed time, and of only so many: the oldest goes first. For callers on any thread.</summary>
internal sealed class ExpiringMap<TValue>(int limit, TimeSpan lifetime, TimeProvider time)
    where TValue : class
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> byAge = new();

    public bool TryGet(string key, [NotNullWhen(true)] out TValue? value)
    {
        lock (gate)
        {
            Expire();
            value = entries.TryGetValue(key, out var node) ? node.Value.Value : null;
            return value is not null;
        }
    }

    /// <summary>The value that is there, else a new one, whose time begins now.</summary>
    public TValue GetOrAdd(string key, Func<TValue> make)
    {
        lock (gate)
        {
            Expire();
            if (entries.TryGetValue(key, out var node))
                return node.Value.Value;
            if (entries.Count >= limit)
                Drop(byAge.First!);
            var added = byAge.AddLast(new Entry(key, make(), time.GetUtcNow() + lifetime));
            entries.Add(key, added);
            return added.Value.Value;
        }
    }

    public void Remove(string key)
    {
        lock (gate)
        {
            if (entries.TryGetValue(key, out var node))
                Drop(node);
        }
    }

    private void Expire()
    {
        var now = time.GetUtcNow();
        while (byAge.First is { } oldest && oldest.Value.EndsAt <= now)
            Drop(oldest);
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        byAge.Remove(node);
        entries.Remove(node.Value.Key);
    }

    private sealed record Entry(string Key, TValue Value, DateTimeOffset EndsAt);
}
