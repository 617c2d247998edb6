using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrleansKd.AzureTables.Hosting;
using OrleansKd.Chaos.Cluster;
using OrleansKd.Chaos.Printing;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Chaos.Following;

/// <summary>
/// Ends a streamed session and compares: the log has exactly what the program printed, in entries 1 to n, and both followers have
/// exactly the log.
/// </summary>
internal sealed class Reckoning(ChaosCluster cluster, StreamedSession session, RecordedFollower durable, RecordedFollower live, ulong seed)
{
    /// <summary>What is left in the agent's spool comes up, and commands that waited run.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(3);

    /// <summary>The log's entries and what gdb and the program printed.</summary>
    /// <exception cref="InvalidDataException">Something differs; the message says what and where.</exception>
    public async Task<(IReadOnlyList<SessionLogEntry> Log, PrintedCheck Printed)> EndAsync(CancellationToken cancellationToken)
    {
        session.Stop();
        await durable.WaitForAsync(one => one.Check!.HasEnded, "the end of the stream", EndLimit, cancellationToken);
        await session.ReadyAsync(cancellationToken);
        await session.TerminateAsync(cancellationToken);
        foreach (var follower in new[] { durable, live })
            await follower.WaitForAsync(one => one.HasEnded, "the session's end", EndLimit, cancellationToken);

        var log = await ReadLogAsync(cancellationToken);
        var printed = new PrintedCheck(seed);
        foreach (var entry in log.Where(entry => entry.Kind is SessionLogEntryKind.Output))
            printed.Take(entry.Body.Span);
        if (!printed.HasEnded || printed.Checksum != PrintedStream.ChecksumOf(seed, printed.Lines) || printed.Checksum != durable.Check!.Checksum)
            throw new InvalidDataException($"The log has {printed.Lines} lines with checksum {printed.Checksum}, the durable-only follower {durable.Check!.Lines} with {durable.Check.Checksum}, the program printed {PrintedStream.ChecksumOf(seed, printed.Lines)}.");
        EntryPrint[] prints = [.. log.Select(EntryPrint.Of)];
        Compare(prints, durable.Entries(), "The durable-only follower");
        Compare(prints, live.Entries(), "The live follower");
        await CompareFileAsync(log, cancellationToken);
        return (log, printed);
    }

    /// <summary>Straight from Azurite, by the product's own reader.</summary>
    private async Task<List<SessionLogEntry>> ReadLogAsync(CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAzureTableSessionLog(options => options.Connection = new AzureTablesConnection { ConnectionString = cluster.Servers.Storage.ConnectionString });
        await using var provider = services.BuildServiceProvider();
        var stored = provider.GetRequiredService<ISessionLog>();
        var id = SessionId.Parse(session.Id);
        var head = await stored.ReadHead(id, cancellationToken) ?? throw new InvalidDataException("The log has no head.");
        List<SessionLogEntry> all = [];
        while (await stored.Read(id, all.Count, SessionLogLimits.AppendBytes, cancellationToken) is { Length: > 0 } page)
        {
            foreach (var entry in page)
            {
                if (entry.Sequence != all.Count + 1)
                    throw new InvalidDataException($"The log has entry {entry.Sequence} after {all.Count}.");
                all.Add(entry);
            }
        }
        return all.Count == head.LastSequence ? all : throw new InvalidDataException($"The log has {all.Count} entries, its head says {head.LastSequence}.");
    }

    /// <exception cref="InvalidDataException">Somebody has not exactly the log.</exception>
    public static void Compare(EntryPrint[] log, IReadOnlyList<EntryPrint> follower, string who)
    {
        var same = log.Zip(follower).TakeWhile(pair => pair.First == pair.Second).Count();
        if (same < follower.Count || same < log.Length)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{who} has {follower.Count} entries, the log {log.Length}; they differ after {same}: {follower.ElementAtOrDefault(same)} and {log.ElementAtOrDefault(same)}."));
        }
    }

    private async Task CompareFileAsync(IEnumerable<SessionLogEntry> log, CancellationToken cancellationToken)
    {
        await durable.DisposeAsync();
        var written = await File.ReadAllBytesAsync(durable.OutputFile!, cancellationToken);
        var at = 0;
        foreach (var entry in log.Where(entry => entry.Kind is SessionLogEntryKind.Output))
        {
            if (!written.AsSpan(at, Math.Min(entry.Body.Length, written.Length - at)).SequenceEqual(entry.Body.Span))
                throw new InvalidDataException($"The durable-only follower's file differs from entry {entry.Sequence} on, at byte {at}.");
            at += entry.Body.Length;
        }
        if (at != written.Length)
            throw new InvalidDataException($"The durable-only follower's file has {written.Length} bytes, the log {at}.");
    }
}
