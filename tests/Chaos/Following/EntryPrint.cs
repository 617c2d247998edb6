using System.IO.Hashing;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Chaos.Following;

/// <summary>One entry as a viewer or the log has it, small enough to keep millions: its bytes as XXH128.</summary>
internal readonly record struct EntryPrint(long Sequence, string Kind, long AtMilliseconds, string? CommandId, int Bytes, UInt128 Hash)
{
    public static EntryPrint Of(TranscriptEntry entry) => new(
        entry.Sequence, entry.Kind.ToString(), entry.At.ToUnixTimeMilliseconds(), entry.CommandId, entry.Data.Length, XxHash128.HashToUInt128(entry.Data.Span));

    public static EntryPrint Of(SessionLogEntry entry)
    {
        var isOutput = entry.Kind is SessionLogEntryKind.Output;
        var data = isOutput ? entry.Body : default;
        return new(
            entry.Sequence, entry.Kind.ToString(), entry.At.ToUnixTimeMilliseconds(),
            isOutput ? null : SessionLogEntryBody.Decode(entry.Body).CommandId, data.Length, XxHash128.HashToUInt128(data.Span));
    }
}
