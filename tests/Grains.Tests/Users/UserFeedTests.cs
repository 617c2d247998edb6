using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;
using static OrleansKd.Grains.Tests.Organizations.OrganizationStage;

namespace OrleansKd.Grains.Tests.Users;

/// <summary>Open clients learn of every change that concerns them, and of nothing else.</summary>
public sealed class UserFeedTests
{
    /// <summary>What people are promised.</summary>
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Feed_WhileASessionLives_ShowsEveryChangeToHostAndClientWithinASecond()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await using var bobs = FeedReader.Open(cluster, bob);
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await using var anns = FeedReader.Open(cluster, ann);
        Assert.InRange(await anns.Until(reader => Of(reader, id) is { IsHost: true, State: SessionState.Active, Name: "crash" }), TimeSpan.Zero, Second);

        await session.Invite(ann.Id, [bob]);
        Assert.InRange(await bobs.Until(reader => Of(reader, id) is { IsHost: false, Invitation: InvitationState.Pending, Host.Name: "Ann Host" }), TimeSpan.Zero, Second);
        Assert.InRange(await anns.Until(reader => Of(reader, id) is { Clients: 1 }), TimeSpan.Zero, Second);

        await session.Join(new ReaderJoin(new Reader(bob.Id, null), null, Moves: false));
        Assert.InRange(await bobs.Until(reader => Of(reader, id) is { Invitation: InvitationState.Accepted }), TimeSpan.Zero, Second);

        await Report(DebuggerState.Running);
        Assert.InRange(await bobs.Until(reader => Of(reader, id) is { Debugger: DebuggerState.Running, TargetIsStopped: false }), TimeSpan.Zero, Second);
        await Report(DebuggerState.Ready);
        Assert.InRange(await bobs.Until(reader => Of(reader, id) is { Debugger: DebuggerState.Ready, TargetIsStopped: true }), TimeSpan.Zero, Second);

        Assert.Null((await session.Close(ann.Id)).Refusal);
        Assert.InRange(await bobs.Until(reader => Of(reader, id) is { State: SessionState.Closed }), TimeSpan.Zero, Second);
        Assert.Null((await session.Reopen(ann.Id)).Refusal);
        Assert.InRange(await bobs.Until(reader => Of(reader, id) is { State: SessionState.Active }), TimeSpan.Zero, Second);
        Assert.Null((await session.Terminate(ann.Id, TargetFate.LetRun)).Refusal);
        Assert.InRange(await bobs.Until(reader => Of(reader, id) is { State: SessionState.Terminated, TerminatedAt: not null }), TimeSpan.Zero, Second);

        Assert.Null((await session.Revoke(ann.Id, bob.Email)).Refusal);
        Assert.InRange(await bobs.Until(reader => reader.Lines.IsEmpty), TimeSpan.Zero, Second);
        Assert.InRange(await anns.Until(reader => Of(reader, id) is { Clients: 0, State: SessionState.Terminated }), TimeSpan.Zero, Second);
        Assert.Equal((1, 1), (bobs.Beginnings, anns.Beginnings));

        async Task Report(DebuggerState state) => Assert.Null((await agent.SendAsync(session, agent.Report(AgentChunkKind.StateChanged, new AgentReport { State = state }))).Refusal);
    }

    [Fact]
    public async Task Feed_WhenASessionIsDeleted_TakesItAwayWithinASecond()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await session.Invite(ann.Id, [bob]);
        await using var anns = FeedReader.Open(cluster, ann);
        await using var bobs = FeedReader.Open(cluster, bob);
        await session.Terminate(ann.Id, TargetFate.LetRun);
        await agent.SendAsync(session, agent.Report(AgentChunkKind.RunExited, new AgentReport { End = RunEnd.Left, ExitCode = 0 }));
        await bobs.Until(reader => Of(reader, id) is { State: SessionState.Terminated, Debugger: DebuggerState.Exited });

        Assert.Null((await session.Delete(ann.Id)).Refusal);

        Assert.InRange(await anns.Until(reader => reader.Lines.IsEmpty), TimeSpan.Zero, Second);
        Assert.InRange(await bobs.Until(reader => reader.Lines.IsEmpty), TimeSpan.Zero, Second);
        Assert.Equal((1, 1), (bobs.Beginnings, anns.Beginnings));
        Assert.Empty((await cluster.Grains.User(ann.Id).ReadList(null, 10)).Sessions);
    }

    [Fact]
    public async Task Feed_WhenSomebodyDoesSomethingByHand_ShowsItWhenTheyHearThatItIsDone()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);

        Assert.Equal(SessionState.Active, (await LineAsync(cluster, ann, id))?.State);
        await session.Close(ann.Id);
        Assert.Equal(SessionState.Closed, (await LineAsync(cluster, ann, id))?.State);
        await session.Reopen(ann.Id);
        Assert.Equal(SessionState.Active, (await LineAsync(cluster, ann, id))?.State);
        await session.Terminate(ann.Id, TargetFate.LeaveStopped);
        Assert.Equal(SessionState.Terminated, (await LineAsync(cluster, ann, id))?.State);
    }

    [Fact]
    public async Task Feed_OfSomebodyWhoIsNotInvited_BringsNothing()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var eve = await cluster.SignIn("eve@elsewhere.example", "Eve");
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await using var eves = FeedReader.Open(cluster, eve);
        await using var bobs = FeedReader.Open(cluster, bob);
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await session.Invite(ann.Id, [bob]);
        await bobs.Until(reader => Of(reader, id) is not null);
        await session.Revoke(ann.Id, bob.Email);
        await bobs.Until(reader => reader.Lines.IsEmpty);
        var told = bobs.Told.Count;

        // Whatever somebody says to their account: only the session says what there is to see.
        await cluster.Grains.User(eve.Id).SessionChanged(id);
        await cluster.Grains.User(eve.Id).AddSession(id);
        await cluster.Grains.User(bob.Id).SessionChanged(id);
        await session.Close(ann.Id);
        await session.Terminate(ann.Id, TargetFate.LetRun);
        await LineAsync(cluster, ann, id);
        var (other, otherId, _, _) = await cluster.HostSession(computer: "other");
        await other.Invite(ann.Id, [bob]);
        await bobs.Until(reader => Of(reader, otherId) is not null);

        Assert.Empty(eves.Told);
        Assert.Empty(eves.Lines);
        Assert.DoesNotContain(bobs.Told.Skip(told), line => line.Id.Id == id.ToString());
    }

    [Fact]
    public async Task Feed_WhenThePermissionGoesAndComesBack_TakesLinesAwayAndBringsThemAgain()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (admin, bob) = (await cluster.AdministratorOf(Fabrikam), await cluster.SignIn("bob@fabrikam.example", "Bob Client"));
        var (session, id, _, ann) = await cluster.HostSession();
        await session.Invite(ann.Id, [bob]);
        await using var bobs = FeedReader.Open(cluster, bob);
        await bobs.Until(reader => Of(reader, id) is not null && reader.Account is { MayJoin: true });

        await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.TakeAway, bob, Permissions.Join);
        Assert.InRange(await bobs.Until(reader => reader is { Lines.IsEmpty: true, Account.MayJoin: false }), TimeSpan.Zero, Second);
        var told = bobs.Told.Count;
        await session.Close(ann.Id);
        await cluster.ActAsync(Fabrikam, bob, PermissionActionKind.Request, bob, Permissions.Join);
        Assert.Equal(told, bobs.Told.Count);

        await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.Approve, bob, reason: "back");
        Assert.InRange(await bobs.Until(reader => reader.Account is { MayJoin: true, LastDecision.Reason: "back" } && Of(reader, id) is { State: SessionState.Closed }), TimeSpan.Zero, Second);
    }

    [Fact]
    public async Task Feed_OfAnAdministrator_SaysHowManyPeopleWait()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (admin, carl, dora) = (await cluster.AdministratorOf(Fabrikam), await cluster.SignIn("carl@fabrikam.example", "Carl"), await cluster.SignIn("dora@fabrikam.example", "Dora"));
        await using var admins = FeedReader.Open(cluster, admin);
        await using var doras = FeedReader.Open(cluster, dora);
        await admins.Until(reader => reader.Account is { IsAdministrator: true });

        await cluster.ActAsync(Fabrikam, carl, PermissionActionKind.Request, carl, Permissions.All);
        Assert.InRange(await admins.Until(reader => reader.WaitingRequests == 1), TimeSpan.Zero, Second);
        await cluster.ActAsync(Fabrikam, dora, PermissionActionKind.Request, dora, Permissions.Host);
        Assert.InRange(await admins.Until(reader => reader.WaitingRequests == 2), TimeSpan.Zero, Second);
        Assert.Equal(0, doras.WaitingRequests);

        // Who becomes an administrator knows it, too; and so does one who was not told because nothing has happened yet.
        await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.Appoint, dora);
        Assert.InRange(await doras.Until(reader => reader is { Account.IsAdministrator: true, WaitingRequests: 2 }), TimeSpan.Zero, Second);
        await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.Deny, carl);
        await Task.WhenAll(admins.Until(reader => reader.WaitingRequests == 1), doras.Until(reader => reader.WaitingRequests == 1));
        await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.Dismiss, dora);
        await doras.Until(reader => reader is { Account.IsAdministrator: false, WaitingRequests: 0 });
    }

    [Fact]
    public async Task Feed_WhenTheAccountIsBoundAnew_EndsForTheFirstIdentity()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (admin, bob) = (await cluster.AdministratorOf(Fabrikam), await cluster.SignIn("bob@fabrikam.example", "Bob"));
        await using var bobs = FeedReader.Open(cluster, bob);
        await bobs.Until(reader => reader.Account is not null);
        await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.Rebind, bob);

        await cluster.Grains.User(bob.Id).SignIn(new ProvenIdentity("https://new-issuer.example", "bob-2", bob.Email, "Bob Anew", IsProven: true));

        await bobs.Until(reader => reader.Refusal is { Code: ProblemCodes.NotSignedIn });
    }

    [Fact]
    public async Task StaysBound_WhenTheAccountIsBoundAnew_EndsTheWaitOfTheFirstIdentity()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (admin, bob) = (await cluster.AdministratorOf(Fabrikam), await cluster.SignIn("bob@fabrikam.example", "Bob"));
        var (user, identity) = (cluster.Grains.User(bob.Id), FeedReader.IdentityOf(bob.Email) with { Name = "Bob" });
        Assert.Null((await user.StaysBound(identity, TimeSpan.Zero)).Refusal);
        await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.Rebind, bob);
        var waiting = user.StaysBound(identity, Limits.FeedWait);

        // The same name, so that the account's feed has nothing to tell of it.
        await user.SignIn(identity with { Subject = "bob-2" });

        Assert.Equal(ProblemCodes.NotSignedIn, (await waiting.WaitAsync(Limits.FeedWait / 2, TestContext.Current.CancellationToken)).Refusal?.Code);
        Assert.Null((await user.StaysBound(identity with { Subject = "bob-2" }, TimeSpan.Zero)).Refusal);
    }

    /// <summary>An hour of a debugger that runs and stops all the time, in seconds: its clients' rows are written a few times, and the last state is told.</summary>
    [Fact]
    public async Task Feed_WhenADebuggerChangesAllTheTime_IsToldNowAndThenAndTheLastState()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        await using var anns = FeedReader.Open(cluster, ann);
        await anns.Until(reader => Of(reader, id) is not null);
        var (told, writes) = (anns.Told.Count, cluster.Stored.Writes);

        for (var i = 0; i < 300; i++)
        {
            await agent.SendAsync(session,
                agent.Report(AgentChunkKind.StateChanged, new AgentReport { State = DebuggerState.Running }),
                agent.Output($"breakpoint {i}\n"),
                agent.Report(AgentChunkKind.StateChanged, new AgentReport { State = DebuggerState.Ready, Text = "(gdb) " }));
        }
        await agent.SendAsync(session, agent.Report(AgentChunkKind.StateChanged, new AgentReport { State = DebuggerState.Running }));

        var last = (await session.View(ann.Id)).Value!;
        Assert.Equal(DebuggerState.Running, last.Debugger);
        await anns.Until(reader => Of(reader, id) is { } line && line.Sequence >= last.DurableThrough);
        Assert.Equal(DebuggerState.Running, Of(anns, id)!.Debugger);
        Assert.InRange(anns.Told.Count - told, 1, 30);
        Assert.InRange(cluster.Stored.Writes - writes, 1, 40);
    }

    private static ListedSession? Of(FeedReader reader, SessionId id) => reader.Lines.GetValueOrDefault(id.ToString());

    private static async Task<ListedSession?> LineAsync(GrainCluster cluster, Person person, SessionId id)
    {
        var page = (await cluster.Grains.User(person.Id).ReadFeed(new FeedCursor(FeedReader.IdentityOf(person.Email), default, TimeSpan.Zero))).Value!;
        return page.Sessions.FirstOrDefault(line => line.Id.Id == id.ToString());
    }
}
