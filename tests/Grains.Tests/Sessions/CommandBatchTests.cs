using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Several commands that are entered together (rule E6).</summary>
public sealed class CommandBatchTests(SessionGrainTests.SharedCluster shared) : IClassFixture<SessionGrainTests.SharedCluster>
{
    private GrainCluster Cluster => shared.Cluster;

    [Fact]
    public async Task EnterCommands_WhileOthersEnterTheirs_HaveNobodysBetweenThem()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);
        string[] lines = ["commands 1", "silent", "print packet", "end"];

        var several = session.EnterCommands(ann.Id, lines);
        await Task.WhenAll([several, .. Enumerable.Range(0, 10).Select(index => (Task)session.EnterCommand(ann.Id, $"echo {index}")), session.EnterCommands(ann.Id, lines)]);

        var entered = await EnteredAsync(id);
        var texts = entered.Select(command => command.Body.Text).ToArray();
        Assert.Equal(18, texts.Length);
        Assert.All([Array.IndexOf(texts, "commands 1"), Array.LastIndexOf(texts, "commands 1")], at => Assert.Equal(lines, texts[at..(at + 4)]));
        var last = (await several).Value!;
        Assert.Equal(("end", last.CommandId), entered.Where(command => command.Sequence == last.Sequence).Select(command => (command.Body.Text!, command.Body.CommandId!)).Single());
    }

    [Fact]
    public async Task EnterCommands_WhenOneIsRefused_EntersNone()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        var refused = await session.EnterCommands(ann.Id, ["bt", "two\nlines"]);
        var tooMany = await session.EnterCommands(ann.Id, [.. Enumerable.Repeat("bt", Limits.CommandsAtOnce + 1)]);
        var none = await session.EnterCommands(ann.Id, []);
        var stranger = TestSessions.Bob.Id;
        string?[] told =
        [
            (await session.EnterCommands(stranger, [])).Refusal?.Code,
            (await session.EnterCommands(stranger, ["bt", "bt"])).Refusal?.Code,
            (await session.EnterCommands(stranger, [.. Enumerable.Repeat("bt", Limits.CommandsAtOnce + 1)])).Refusal?.Code,
            (await session.EnterCommands(stranger, [.. Enumerable.Repeat("bt", Limits.QueuedCommands)])).Refusal?.Code,
        ];
        await session.EnterCommand(ann.Id, "bt");
        var full = await session.EnterCommands(ann.Id, [.. Enumerable.Repeat("bt", Limits.QueuedCommands)]);

        Assert.Equal(ProblemCodes.InvalidRequest, refused.Refusal?.Code);
        Assert.StartsWith("Line 2 of 2: ", refused.Refusal?.Message, StringComparison.Ordinal);
        Assert.Equal(ProblemCodes.InvalidRequest, tooMany.Refusal?.Code);
        Assert.Equal(ProblemCodes.InvalidRequest, none.Refusal?.Code);
        Assert.All(told, code => Assert.Equal(ProblemCodes.SessionNotFound, code));
        Assert.Equal(ProblemCodes.LimitReached, full.Refusal?.Code);
        Assert.Single(await EnteredAsync(id));
    }

    [Fact]
    public async Task EnterCommands_WhenRepeatedUnderTheirName_AreEnteredOnce()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        var first = await session.EnterCommands(ann.Id, ["bt", "info threads"], "key");
        var again = await session.EnterCommands(ann.Id, ["bt", "info threads"], "key");
        var another = await session.EnterCommands(ann.Id, ["bt", "info locals"], "key");

        Assert.Equal(first.Value, again.Value);
        Assert.Equal(ProblemCodes.IdempotencyKeyReused, another.Refusal?.Code);
        Assert.Equal(2, (await EnteredAsync(id)).Length);
    }

    private async Task<(long Sequence, SessionLogEntryBody Body)[]> EnteredAsync(SessionId id) =>
    [
        .. (await Cluster.Log.Read(id, 0, int.MaxValue, TestContext.Current.CancellationToken))
            .Where(entry => entry.Kind is SessionLogEntryKind.CommandEntered).Select(entry => (entry.Sequence, SessionLogEntryBody.Decode(entry.Body))),
    ];
}
