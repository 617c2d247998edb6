using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Silo.Sessions;
using OrleansKd.Testing.SessionLog;

namespace OrleansKd.Silo.Tests.Sessions;

public sealed class TranscriptLogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_WhenEntriesAreDamaged_SaysSoAndReadsOnBehindThem()
    {
        var session = SessionId.New();
        var log = new InMemorySessionLog { Damage = (3, 1_202) };
        var writer = (await log.TakeOver(session, create: true, Cancellation))!;
        await writer.Append([.. Enumerable.Range(1, 1_204).Select(i => new SessionLogEntry(i, 0, SessionLogEntryKind.Output, new byte[] { 1 }))], default, Cancellation);
        var transcript = new TranscriptLog(log);

        List<TranscriptEntry> read = [];
        for (TranscriptEntry[] page; (page = await transcript.Read(session, read.Count, 64 * 1024, Cancellation)).Length > 0;)
            read.AddRange(page);

        Assert.Equal(Enumerable.Range(1, 1_204).Select(i => (long)i), read.Select(entry => entry.Sequence));
        Assert.Equal([1, 2, 1_203, 1_204], read.Where(entry => entry.Kind is TranscriptEntryKind.Output).Select(entry => (int)entry.Sequence));
        Assert.Equal(
            ["Entries 3 to 1202 of this transcript are damaged in storage and can't be read"],
            read.Where(entry => entry.Text is not null).Select(entry => entry.Text!).Take(1));
    }
}
