using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Requests that their callers name: done once, whenever and however often they are repeated.</summary>
public sealed class NamedRequestTests(SessionGrainTests.SharedCluster shared) : IClassFixture<SessionGrainTests.SharedCluster>
{
    private GrainCluster Cluster => shared.Cluster;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnterCommand_WhenRepeatedAtOnceAndAfterAFailover_IsEnteredOnce()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        var atOnce = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => session.EnterCommand(ann.Id, "bt", "key-1")));
        await Cluster.CollectAsync();
        await agent.AttachAsync(session);
        var later = await session.EnterCommand(ann.Id, "bt", "key-1");

        Assert.Single(atOnce.Append(later).Select(outcome => outcome.Value).Distinct());
        Assert.Equal(1, await CountAsync(id, SessionLogEntryKind.CommandEntered));
        Assert.NotEqual(later.Value!.CommandId, (await session.EnterCommand(ann.Id, "bt", "key-2")).Value!.CommandId);
        Assert.NotEqual(later.Value.CommandId, (await session.EnterCommand(ann.Id, "bt")).Value!.CommandId);
    }

    [Fact]
    public async Task Key_WhenItNamedAnotherRequest_IsRefused()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);
        Assert.Null((await session.EnterCommand(ann.Id, "bt", "key")).Refusal);

        Assert.Equal(ProblemCodes.IdempotencyKeyReused, (await session.EnterCommand(ann.Id, "info threads", "key")).Refusal?.Code);
        Assert.Equal(ProblemCodes.IdempotencyKeyReused, (await session.AddNote(ann.Id, "bt", "key")).Refusal?.Code);
        Assert.Equal(ProblemCodes.IdempotencyKeyReused, (await session.Close(ann.Id, key: "key")).Refusal?.Code);
        Assert.Equal(0, await CountAsync(id, SessionLogEntryKind.NoteAdded));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("ümlaut")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task Key_WhenMalformed_IsRefused(string key)
    {
        var (session, _, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        Assert.Equal(ProblemCodes.InvalidRequest, (await session.EnterCommand(ann.Id, "bt", key)).Refusal?.Code);
        Assert.Equal(ProblemCodes.InvalidRequest, (await Cluster.Grains.User(ann.Id).ReserveSession(key, "")).Refusal?.Code);
    }

    [Fact]
    public async Task Key_WhenTwoPeopleUseTheSame_NamesTwoRequests()
    {
        var (session, id, _, ann) = await Cluster.HostSession();
        var bob = await Cluster.SignIn("bob@fabrikam.example", "Bob");
        Assert.Null((await session.Invite(ann.Id, [bob])).Refusal);

        Assert.Null((await session.AddNote(ann.Id, "the same", "key")).Refusal);
        Assert.Null((await session.AddNote(bob.Id, "the same", "key")).Refusal);

        Assert.Equal(2, await CountAsync(id, SessionLogEntryKind.NoteAdded));
    }

    [Fact]
    public async Task NotesAndSuggestions_WhenRepeated_AreThereOnce()
    {
        var (session, id, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);

        for (var i = 0; i < Limits.NotesPerMinute + 5; i++)
            Assert.Null((await session.AddNote(ann.Id, "look at frame 2", "note")).Refusal);
        var suggested = (await session.SuggestCommand(ann.Id, "bt", "suggest")).Value!;
        Assert.Equal(suggested, (await session.SuggestCommand(ann.Id, "bt", "suggest")).Value);
        var run = (await session.RunSuggestion(ann.Id, suggested, null, "run")).Value!;
        Assert.Equal(run, (await session.RunSuggestion(ann.Id, suggested, null, "run")).Value);

        Assert.Equal(1, await CountAsync(id, SessionLogEntryKind.NoteAdded));
        Assert.Equal(1, await CountAsync(id, SessionLogEntryKind.CommandSuggested));
        Assert.Equal(1, await CountAsync(id, SessionLogEntryKind.CommandEntered));
        Assert.Equal(ProblemCodes.WrongState, (await session.RunSuggestion(ann.Id, suggested, null, "another")).Refusal?.Code);
    }

    /// <summary>By its nature inviting again changes nothing; only a key keeps a late repeat from undoing what was done since.</summary>
    [Fact]
    public async Task InviteAndClose_WhenRepeatedAfterTheyWereUndone_StayUndone()
    {
        var (session, _, agent, ann) = await Cluster.HostSession();
        await agent.AttachAsync(session);
        var bob = await Cluster.SignIn("bob@fabrikam.example", "Bob");
        Assert.Null((await session.Invite(ann.Id, [bob], "invite")).Refusal);
        Assert.Null((await session.Revoke(ann.Id, bob.Email)).Refusal);
        Assert.Null((await session.Close(ann.Id, key: "close")).Refusal);
        Assert.Null((await session.Reopen(ann.Id, key: "reopen")).Refusal);

        Assert.Null((await session.Invite(ann.Id, [bob], "invite")).Refusal);
        Assert.Null((await session.Close(ann.Id, key: "close")).Refusal);

        var view = (await session.View(ann.Id)).Value!;
        Assert.Equal((SessionState.Active, 0), (view.State, view.Clients.Length));
    }

    [Fact]
    public async Task Repeat_WhenTheWriteFailed_IsDoneThen()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        cluster.Log.BeforeAppend = (_, _) => throw new InvalidOperationException("the storage is gone");
        Assert.Equal(ProblemCodes.Unavailable, (await session.AddNote(ann.Id, "kept", "key")).Refusal?.Code);
        cluster.Log.BeforeAppend = null;
        await cluster.CollectAsync();

        Assert.Null((await session.AddNote(ann.Id, "kept", "key")).Refusal);

        Assert.Equal(1, (await cluster.Log.Read(id, 0, int.MaxValue, Cancellation)).Count(entry => entry.Kind is SessionLogEntryKind.NoteAdded));
    }

    [Fact]
    public async Task Repeat_WhenTheAnswerToTheWriteGotLost_IsNotDoneAgain()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        cluster.Log.AfterAppend = (_, _) => throw new InvalidOperationException("the answer is lost");
        Assert.Equal(ProblemCodes.Unavailable, (await session.AddNote(ann.Id, "kept", "key")).Refusal?.Code);
        cluster.Log.AfterAppend = null;
        await cluster.CollectAsync();

        Assert.Null((await session.AddNote(ann.Id, "kept", "key")).Refusal);

        Assert.Equal(1, (await cluster.Log.Read(id, 0, int.MaxValue, Cancellation)).Count(entry => entry.Kind is SessionLogEntryKind.NoteAdded));
    }

    [Fact]
    public async Task ReserveSession_WhenAskedAtOnceAndAfterAFailover_IsTheSameSession()
    {
        var ann = await Cluster.SignIn("ann@contoso.example", "Ann Host");
        var user = Cluster.Grains.User(ann.Id);

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => user.ReserveSession("host-1", "crash")));
        await Cluster.CollectAsync();

        Assert.Single(ids.Append(await user.ReserveSession("host-1", "crash")).Select(outcome => outcome.Value).Distinct());
        Assert.Equal(ProblemCodes.IdempotencyKeyReused, (await user.ReserveSession("host-1", "another")).Refusal?.Code);
        Assert.NotEqual(ids[0].Value, (await user.ReserveSession("host-2", "crash")).Value);
    }

    [Fact]
    public async Task Host_WhenRepeated_IsTheSameSessionAndStartsNoSecondDebugger()
    {
        var ann = await Cluster.SignIn("ann@contoso.example", "Ann Host");
        var agent = new ScriptedAgent(Cluster.Grains, ann, throughServer: false) { Computer = "repeats" };
        await agent.RegisterAsync();
        var (session, request) = (Cluster.Grains.Session(SessionId.New()), new HostSession(agent.Computer, "/usr/bin/gdb", "", "crash", ""));

        var hosting = new[] { session.Host(ann.Id, request), session.Host(ann.Id, request) };
        var asked = await agent.AnswerOneAsync(problem: null);
        var hosted = await Task.WhenAll(hosting);
        await Cluster.CollectAsync();
        var later = await session.Host(ann.Id, request);

        Assert.All(hosted.Append(later), outcome => Assert.Null(outcome.Refusal));
        Assert.Equal(1, asked.Number);
        Assert.Equal(2, later.Value!.DurableThrough);
    }

    private async Task<int> CountAsync(SessionId id, SessionLogEntryKind kind) => (await Cluster.Log.Read(id, 0, int.MaxValue, Cancellation)).Count(entry => entry.Kind == kind);
}
