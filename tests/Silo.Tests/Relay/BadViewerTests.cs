using OrleansKd.Contracts;
using OrleansKd.Silo.Relay;

namespace OrleansKd.Silo.Tests.Relay;

/// <summary>Viewers that misbehave, over real WebSockets, while a good one follows a flood of the same session.</summary>
[Collection(FloodedSessionTests.Name)]
public sealed class BadViewerTests(FloodedSession session)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What one does after it has begun to follow, until it is told to stop.</summary>
    private static readonly Dictionary<string, Func<RawViewer, CancellationToken, Task>> Misdeeds = new()
    {
        ["viewers that never read"] = (_, _) => Task.CompletedTask,
        ["viewers that take a byte a second"] = TakeBytesAsync,
        ["viewers that acknowledge what they never got, and backwards"] = AcknowledgeNonsenseAsync,
        ["viewers that acknowledge with what is no number"] = (viewer, cancellation) => ReadAfterAsync(viewer, () => viewer.AcknowledgeAsync(1, "\"garbage\"", cancellation), cancellation),
        ["viewers that send what is no message"] = (viewer, cancellation) => ReadAfterAsync(viewer, () => viewer.SendAsync("{]\0garbage", cancellation), cancellation),
        ["viewers that send more than a message may hold"] = (viewer, cancellation) => ReadAfterAsync(viewer, () => viewer.AcknowledgeAsync(1, $"\"{new string('9', 300_000)}\"", cancellation), cancellation),
    };

    public static TheoryData<string> Kinds => [.. Misdeeds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Follow_WhenOthersMisbehave_GetsEverythingAndTheServerStaysBounded(string kind)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        List<RawViewer> viewers = [];
        List<Task> deeds = [];
        var end = await session.EndAsync(Cancellation);
        try
        {
            for (var i = 0; i < FloodedSession.BadViewers; i++)
            {
                viewers.Add(await session.ConnectAsync(Cancellation));
                await viewers[^1].FollowAsync(session.Id, end, 1, Cancellation);
                deeds.Add(Misdeeds[kind](viewers[^1], ending.Token));
            }

            await session.FloodBesideAsync(kind, Cancellation);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(deeds).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            foreach (var viewer in viewers)
                await viewer.DisposeAsync();
        }
    }

    [Fact]
    public async Task Message_WhenLongerThanTheLimit_EndsItsConnection()
    {
        await using var viewer = await session.ConnectAsync(Cancellation);
        await viewer.SendAsync(new string('x', 300_000), Cancellation);

        while (await viewer.ReadAsync(Cancellation) is { })
        {
        }
    }

    [Fact]
    public async Task Follow_WhenOneConnectionOpensAThousand_RefusesThoseBeyondTheLimit()
    {
        const int Asked = 1_000;
        await using var greedy = await session.ConnectAsync(Cancellation);
        var end = await session.EndAsync(Cancellation);
        for (var id = 1; id <= Asked; id++)
            await greedy.FollowAsync(session.Id, end, id, Cancellation);

        for (var refused = 0; refused < Asked - OpenFollows.OfConnection; refused++)
            Assert.Contains($"[{ProblemCodes.LimitReached}] This connection follows {OpenFollows.OfConnection}", (await greedy.ReadAsync(3, Cancellation))!.Value.GetProperty("error").GetString(), StringComparison.Ordinal);

        // It reads no more, with all of its follows open.
        await session.FloodBesideAsync($"{OpenFollows.OfConnection} follows of one connection", Cancellation);
    }

    [Fact]
    public async Task Follow_WhenOneUserHasTheMost_RefusesTheNextUntilOneEnds()
    {
        List<RawViewer> connections = [];
        try
        {
            for (var i = 0; i <= OpenFollows.OfUser / OpenFollows.OfConnection; i++)
                connections.Add(await session.ConnectAsync(Cancellation));
            // A follow without credit sends no more, so that each connection can be read to its refusals.
            var last = connections[^1];
            foreach (var connection in connections.SkipLast(1))
            {
                for (var id = 1; id <= OpenFollows.OfConnection; id++)
                {
                    await connection.FollowAsync(session.Id, 0, id, Cancellation);
                    await connection.ReadAsync(2, Cancellation);
                }
            }

            await last.FollowAsync(session.Id, 0, 1, Cancellation);
            var refusal = (await last.ReadAsync(3, Cancellation))!.Value.GetProperty("error").GetString();
            await connections[0].CancelAsync(1, Cancellation);
            await connections[0].ReadAsync(3, Cancellation);
            await last.FollowAsync(session.Id, 0, 2, Cancellation);
            var page = await last.ReadAsync(2, Cancellation);

            Assert.Contains($"[{ProblemCodes.LimitReached}] You follow {OpenFollows.OfUser}", refusal, StringComparison.Ordinal);
            Assert.Equal("2", page!.Value.GetProperty("invocationId").GetString());
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }
    }

    private static async Task TakeBytesAsync(RawViewer viewer, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(cancellationToken) && await viewer.TakeByteAsync(cancellationToken))
        {
        }
    }

    private static async Task AcknowledgeNonsenseAsync(RawViewer viewer, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        foreach (var sequence in Enumerable.Repeat<long[]>([long.MaxValue, 1, -1, long.MinValue, 1_000_000_000, 0], int.MaxValue).SelectMany(one => one))
        {
            await viewer.AcknowledgeAsync(1, $"{sequence}", cancellationToken);
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static async Task ReadAfterAsync(RawViewer viewer, Func<Task> misdeed, CancellationToken cancellationToken)
    {
        await misdeed();
        while (await viewer.ReadAsync(cancellationToken) is { })
        {
        }
    }
}
