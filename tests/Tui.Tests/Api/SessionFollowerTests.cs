using CsCheck;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;
using OrleansKd.Tui.Tests.Server;

namespace OrleansKd.Tui.Tests.Api;

/// <summary>A follower against a real hub on a real port, through every fault that a stream can have.</summary>
public sealed class SessionFollowerTests
{
    private static readonly Gen<StreamStep[]> Scripts = Gen.Enum<StreamStep>().Array[0, 25];

    [Fact]
    public Task Follow_WhateverHappensToTheStreams_AddsUpToTheDurableTranscript() =>
        Scripts.SampleAsync(script => Converges(script, durableOnly: false), iter: 150, threads: 2);

    [Fact]
    public Task Follow_WhenDurableOnly_NeverTakesAnythingBack() =>
        Scripts.SampleAsync(script => Converges(script, durableOnly: true), iter: 75, threads: 2);

    [Fact]
    public async Task Follow_WhenTheSessionIsNotThere_EndsWithTheServersRefusal()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var follower = Follower(server);
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => ReadToEnd(follower, SessionId.New().ToString()));
        Assert.Equal(ProblemCodes.SessionNotFound, refusal.Code);
        Assert.Equal("There is no such session.", refusal.Message);
    }

    [Fact]
    public async Task Follow_WhenTheServerDoesNotTakeTheToken_EndsAsNotSignedIn()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var follower = new SessionFollower(server.Address, new ScriptedServer.FixedToken("another"), new ImmediateTime(), new Random(1));
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => ReadToEnd(follower, server.SessionId));
        Assert.Equal(ProblemCodes.NotSignedIn, refusal.Code);
    }

    [Fact]
    public async Task Follow_WhenThereIsNoServer_SaysSoAndGoesOnTrying()
    {
        await using var follower = new SessionFollower(new Uri("http://127.0.0.1:1"), new ScriptedServer.FixedToken(), new ImmediateTime(), new Random(1));
        await using var updates = follower.Follow(SessionId.New().ToString(), 0, false, Ending.Token).GetAsyncEnumerator(Ending.Token);
        Assert.True(await updates.MoveNextAsync());
        for (var tries = 0; tries < 3; tries++)
        {
            Assert.True(await updates.MoveNextAsync());
            var change = Assert.IsType<TranscriptUpdate.ConnectionChanged>(updates.Current);
            Assert.Equal(FollowerState.Reconnecting, change.State);
            Assert.Contains("http://127.0.0.1:1", change.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Follow_WhenTheConsumerTakesPages_AcknowledgesThem()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var follower = Follower(server);
        for (var line = 1; line <= 20; line++)
            server.Transcript.AddOutput($"line {line}\n");
        await using var updates = follower.Follow(server.SessionId, 0, false, Ending.Token).GetAsyncEnumerator(Ending.Token);
        while (updates.Current is not TranscriptUpdate.Page)
            await updates.MoveNextAsync();
        var next = updates.MoveNextAsync();
        await server.Transcript.WaitFor(transcript => transcript.Acknowledged == 20, Ending.Token);
        server.Transcript.AddOutput("more\n");
        Assert.True(await next);
    }

    [Fact]
    public async Task EnterCommand_WhenRefused_HasTheServersCodeAndReason()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var follower = Follower(server);
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => follower.EnterCommandAsync(server.SessionId, "bt", Ending.Token));
        Assert.Equal(ProblemCodes.HostOnly, refusal.Code);
        Assert.Equal("Only the host runs commands.", refusal.Message);
    }

    [Fact]
    public async Task Break_WhileFollowing_ArrivesOverTheSameConnection()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var follower = Follower(server);
        await follower.BreakAsync(server.SessionId, "b1", Ending.Token);
        Assert.Equal(new BreakRequest("b1"), Assert.Single(server.Requests).Body);
    }

    private static CancellationTokenSource Ending => new(TimeSpan.FromSeconds(30));

    private static SessionFollower Follower(ScriptedServer server) =>
        new(server.Address, new ScriptedServer.FixedToken(), new ImmediateTime(), new Random(1));

    private static async Task ReadToEnd(SessionFollower follower, string sessionId)
    {
        await foreach (var _ in follower.Follow(sessionId, 0, false, Ending.Token))
        {
        }
    }

    private static async Task<bool> Converges(StreamStep[] script, bool durableOnly)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Transcript.AddOutput("first\n");
        await using var follower = Follower(server);
        var told = new List<TranscriptEntry>();
        long watermark = 0;
        using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        server.Transcript.Script([.. script, StreamStep.Print, StreamStep.Persist]);
        await foreach (var update in follower.Follow(server.SessionId, 0, durableOnly, ending.Token))
        {
            switch (update)
            {
                case TranscriptUpdate.Rewound rewound:
                    Assert.False(durableOnly);
                    Assert.InRange(rewound.ToSequence, Math.Min(watermark, told.Count), told.Count);
                    told.RemoveRange((int)rewound.ToSequence, told.Count - (int)rewound.ToSequence);
                    break;
                case TranscriptUpdate.Page { Value: var page }:
                    Assert.Equal(told.Count, page.After);
                    told.AddRange(page.Entries);
                    Assert.Equal(Enumerable.Range(1, told.Count).Select(number => (long)number), told.Select(entry => entry.Sequence));
                    Assert.True(page.DurableThrough >= watermark);
                    watermark = page.DurableThrough;
                    Assert.True(!durableOnly || told.Count <= watermark);
                    break;
            }
            if (server.Transcript.IsDone && watermark == server.Transcript.DurableThrough && told.Count == watermark)
                break;
        }
        return server.Transcript.Durable().Select(Text).SequenceEqual(told.Select(Text));
    }

    private static string Text(TranscriptEntry entry) => System.Text.Encoding.UTF8.GetString(entry.Data.Span);
}
