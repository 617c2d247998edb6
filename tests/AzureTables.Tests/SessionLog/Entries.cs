using System.Text;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.AzureTables.Tests.SessionLog;

/// <summary>Entries for tests, and how two logs are compared.</summary>
internal static class Entries
{
    public static SessionLogEntry Output(long sequence, ReadOnlyMemory<byte> body) =>
        new(sequence, 1_700_000_000_000 + sequence, SessionLogEntryKind.Output, body);

    public static SessionLogEntry Output(long sequence, string body) => Output(sequence, Encoding.UTF8.GetBytes(body));

    /// <summary>Entries first … first + count - 1, each with its number as its body.</summary>
    public static SessionLogEntry[] Numbered(long first, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Output(first + i, $"entry {first + i}"))];

    /// <summary>Bytes that don't compress, the same ones for the same seed.</summary>
    public static byte[] Noise(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static void Equal(IReadOnlyList<SessionLogEntry> expected, IReadOnlyList<SessionLogEntry> actual)
    {
        Assert.Equal(expected.Select(e => e.Sequence), actual.Select(e => e.Sequence));
        foreach (var (want, got) in expected.Zip(actual))
        {
            Assert.Equal((want.AtUnixMilliseconds, want.Kind), (got.AtUnixMilliseconds, got.Kind));
            Assert.True(want.Body.Span.SequenceEqual(got.Body.Span), $"The body of entry {want.Sequence} changed.");
        }
    }
}
