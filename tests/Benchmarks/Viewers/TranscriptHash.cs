using System.IO.Hashing;
using System.Runtime.InteropServices;
using OrleansKd.Contracts;

namespace OrleansKd.Benchmarks.Viewers;

/// <summary>What a reader ended up with, as one number: equal for two readers exactly when they hold the same entries in the same order.</summary>
internal sealed class TranscriptHash
{
    private readonly List<ulong> entries = [];

    public void Add(TranscriptEntry entry)
    {
        if (entry.Sequence != entries.Count + 1)
            throw new InvalidOperationException($"Entry {entry.Sequence} came after {entries.Count}.");
        var hash = new XxHash64(entry.Sequence);
        hash.Append([(byte)entry.Kind]);
        hash.Append(entry.Data.Span);
        hash.Append(System.Text.Encoding.UTF8.GetBytes($"{entry.CommandId} {entry.Text}"));
        entries.Add(hash.GetCurrentHashAsUInt64());
    }

    public void Rewind(long to) => entries.RemoveRange((int)to, entries.Count - (int)to);

    public ulong Through(long sequence) => XxHash64.HashToUInt64(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(entries)[..(int)sequence]));
}
