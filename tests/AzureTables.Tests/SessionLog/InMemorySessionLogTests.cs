using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Testing.SessionLog;

namespace OrleansKd.AzureTables.Tests.SessionLog;

public sealed class InMemorySessionLogTests : SessionLogContract
{
    private readonly InMemorySessionLog log = new();

    protected override Task<ISessionLog> Open() => Task.FromResult<ISessionLog>(log);

    [Fact]
    public async Task Append_WhenTheAnswerIsLost_IsUnknownToTheWriterAndInTheLogOnce()
    {
        var writer = await TakeOver(log);
        log.AfterAppend = (_, _) => throw new IOException("The answer got lost.");

        await Assert.ThrowsAsync<SessionLogUnknownException>(() => writer.Append(Entries.Numbered(1, 1), default, Cancellation));
        log.AfterAppend = null;
        await Assert.ThrowsAsync<SessionLogUnknownException>(() => writer.Append(Entries.Numbered(1, 1), default, Cancellation));

        Assert.Equal(1, (await TakeOver(log)).Head.LastSequence);
    }
}
