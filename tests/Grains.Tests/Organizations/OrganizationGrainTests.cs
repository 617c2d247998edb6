using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;
using static OrleansKd.Grains.Tests.Organizations.OrganizationStage;

namespace OrleansKd.Grains.Tests.Organizations;

/// <summary>Rules A1 to A4 through all grains that they concern.</summary>
public sealed class OrganizationGrainTests
{
    [Fact]
    public async Task Approve_WhenAsked_CountsAtOnceAndBothSidesAreTold()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (admin, carl) = (await cluster.AdministratorOf(Fabrikam), await cluster.SignIn("carl@fabrikam.example", "Carl"));
        Assert.False((await cluster.AccountOf(carl)).MayHost);

        Assert.Null((await cluster.ActAsync(Fabrikam, carl, PermissionActionKind.Request, carl, Permissions.All, "on call")).Refusal);
        Assert.Equal(1, await cluster.Grains.Organization(Fabrikam).CountRequests(admin.Id));
        Assert.Null((await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.Approve, carl, reason: "welcome")).Refusal);

        var account = await cluster.AccountOf(carl);
        Assert.True(account is { MayHost: true, MayJoin: true, LastDecision: { Kind: PermissionActionKind.Approve, Reason: "welcome" } });
        Assert.Null(await cluster.Grains.Organization(Fabrikam).PendingOf(carl.Id));
        await Until(() => Task.FromResult(cluster.Mail.Taken.Count == 2));
        var asked = Assert.Single(cluster.Mail.Taken, mail => mail.Kind is MailKind.PermissionRequested);
        Assert.Equal((admin.Email, "Carl", "Host Sessions, Join Sessions", "on call"), (asked.ToEmail, asked.Values[MailValues.RequesterName], asked.Values[MailValues.Permissions], asked.Values[MailValues.Reason]));
        var decided = Assert.Single(cluster.Mail.Taken, mail => mail.Kind is MailKind.PermissionDecided);
        Assert.Equal((carl.Email, "approved", "Ada Admin", "welcome"), (decided.ToEmail, decided.Values[MailValues.Decision], decided.Values[MailValues.AdministratorName], decided.Values[MailValues.Reason]));
    }

    [Fact]
    public async Task Act_WhenTheCallerAdministersAnotherOrganization_IsRefused()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (stranger, bob) = (await cluster.AdministratorOf(Contoso), await cluster.SignIn("bob@fabrikam.example", "Bob"));

        var there = await cluster.ActAsync(Fabrikam, stranger, PermissionActionKind.TakeAway, bob, Permissions.Join);
        var here = await cluster.ActAsync(Contoso, stranger, PermissionActionKind.TakeAway, bob, Permissions.Join);

        Assert.Equal(ProblemCodes.NotPermitted, there.Refusal?.Code);
        Assert.Equal(ProblemCodes.UserNotFound, here.Refusal?.Code);
        Assert.Equal(ProblemCodes.NotPermitted, (await cluster.Grains.Organization(Fabrikam).View(stranger.Id)).Refusal?.Code);
        Assert.Equal(ProblemCodes.NotPermitted, (await cluster.Grains.Organization(Fabrikam).ReadLog(stranger.Id, long.MaxValue, 10)).Refusal?.Code);
        Assert.True((await cluster.AccountOf(bob)).MayJoin);
    }

    [Theory]
    [InlineData("")]
    [InlineData("carl")]
    [InlineData("@fabrikam.example")]
    [InlineData("carl\u202E@fabrikam.example")]
    public async Task Act_WhenTheAddressIsNone_IsRefused(string email)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var admin = await cluster.AdministratorOf(Fabrikam);

        var outcome = await cluster.Grains.Organization(Fabrikam).Act(admin, new OrganizationAction(PermissionActionKind.Appoint, email, Permissions.None, ""));

        Assert.Equal(ProblemCodes.InvalidRequest, outcome.Refusal?.Code);
    }

    [Fact]
    public async Task Rebind_WhenAllowed_LetsTheNextIdentityTakeTheAccountOver()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (admin, bob) = (await cluster.AdministratorOf(Fabrikam), await cluster.SignIn("bob@fabrikam.example", "Bob"));
        var newcomer = new ProvenIdentity("https://new-issuer.example", "bob-2", bob.Email, "Bob", IsProven: true);
        Assert.Equal(ProblemCodes.NotSignedIn, (await cluster.Grains.User(bob.Id).SignIn(newcomer)).Refusal?.Code);

        Assert.Null((await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.Rebind, bob)).Refusal);

        Assert.Null((await cluster.Grains.User(bob.Id).SignIn(newcomer)).Refusal);
        var first = new ProvenIdentity("https://issuer.example", bob.Email, bob.Email, "Bob", IsProven: true);
        Assert.Equal(ProblemCodes.NotSignedIn, (await cluster.Grains.User(bob.Id).SignIn(first)).Refusal?.Code);
    }

    [Fact]
    public async Task ReadLog_WhenItHasSeveralPages_IsWholeAndNewestFirst()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (admin, carl) = (await cluster.AdministratorOf(Fabrikam), await cluster.SignIn("carl@fabrikam.example", "Carl"));
        const int last = 210;
        for (var i = 0; i < last; i++)
            Assert.Null((await cluster.ActAsync(Fabrikam, admin, i % 2 == 0 ? PermissionActionKind.Appoint : PermissionActionKind.Dismiss, carl, reason: $"{i}")).Refusal);

        List<PermissionLogEntry> read = [];
        for (var before = long.MaxValue; before > 1;)
        {
            var page = (await cluster.Grains.Organization(Fabrikam).ReadLog(admin.Id, before, 60)).Value!;
            Assert.InRange(page.Length, 1, 60);
            read.AddRange(page);
            before = page[^1].Number;
        }

        Assert.Equal(Enumerable.Range(1, last).Reverse().Select(i => (long)i), read.Select(entry => entry.Number));
        Assert.Equal(Enumerable.Range(0, last).Reverse().Select(i => $"{i}"), read.Select(entry => entry.Reason));
        Assert.Equal(ProblemCodes.InvalidRequest, (await cluster.Grains.Organization(Fabrikam).ReadLog(admin.Id, long.MaxValue, Limits.PermissionLogItems + 1)).Refusal?.Code);
    }

    [Fact]
    public async Task TakeAway_WhenItIsJoin_EndsAReadThatWaits()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, _, _, ann) = await cluster.HostSession();
        var (admin, bob) = (await cluster.AdministratorOf(Fabrikam), await cluster.SignIn("bob@fabrikam.example", "Bob"));
        await session.Invite(ann.Id, [bob]);
        Assert.Null((await session.Join(new ReaderJoin(new Reader(bob.Id, null), null, Moves: false))).Refusal);

        await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.TakeAway, bob, Permissions.Join);

        await Until(async () => await Denied(session, bob) is [{ Refusal: var refusal }] && refusal == Refusals.SessionNotFound);
        Assert.Equal(Refusals.SessionNotFound, (await session.View(bob.Id)).Refusal);
        Assert.Empty(await Denied(session, ann));

        // It comes back with the permission, without another invitation.
        await cluster.ActAsync(Fabrikam, bob, PermissionActionKind.Request, bob, Permissions.Join);
        await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.Approve, bob);
        await Until(async () => (await Denied(session, bob)).Length == 0);
    }

    private static async Task<DeniedReader[]> Denied(ISessionGrain session, Person person) =>
        (await session.Read(new ReadCursor(-1, 0, -1, 1024, TimeSpan.Zero, [new Reader(person.Id, null)]))).Value!.Denied!;

    [Fact]
    public async Task TakeAway_WhenItIsHost_ClosesTheirSessionsAndRefusesNewOnes()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, _, agent, ann) = await cluster.HostSession();
        await agent.AttachAsync(session);
        var admin = await cluster.AdministratorOf(Contoso);

        await cluster.ActAsync(Contoso, admin, PermissionActionKind.TakeAway, ann, Permissions.Host);

        await Until(async () => (await session.View(ann.Id)).Value!.State is SessionState.Closed);
        Assert.Equal(ProblemCodes.SessionClosed, (await session.EnterCommand(ann.Id, "bt")).Refusal?.Code);
        Assert.Equal(ProblemCodes.NotPermitted, (await session.Reopen(ann.Id)).Refusal?.Code);
        Assert.Equal(ProblemCodes.NotPermitted, (await cluster.Grains.Session(SessionId.New()).Host(ann.Id, new HostSession("lab", "/usr/bin/gdb", "", "n", ""))).Refusal?.Code);

        await cluster.ActAsync(Contoso, ann, PermissionActionKind.Request, ann, Permissions.Host);
        await cluster.ActAsync(Contoso, admin, PermissionActionKind.Approve, ann);
        await UntilDone(() => session.Reopen(ann.Id));
        Assert.Equal(SessionState.Active, (await session.View(ann.Id)).Value!.State);
    }

    /// <summary>The session is being started when the permission goes: it is there for a moment, closed.</summary>
    [Fact]
    public async Task TakeAway_WhenASessionIsBeingStarted_ClosesItAsSoonAsItIsThere()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (admin, ann) = (await cluster.AdministratorOf(Contoso), await cluster.SignIn("ann@contoso.example", "Ann Host"));
        var agent = new ScriptedAgent(cluster.Grains, ann, throughServer: false);
        await agent.RegisterAsync();
        var session = cluster.Grains.Session(SessionId.New());
        var hosting = session.Host(ann.Id, new HostSession(agent.Computer, "/usr/bin/gdb", "", "crash", ""));
        await Until(async () => (await cluster.Grains.User(ann.Id).ListSessions()).Length == 1);

        await cluster.ActAsync(Contoso, admin, PermissionActionKind.TakeAway, ann, Permissions.Host);
        await agent.AnswerOneAsync(problem: null);
        Assert.Null((await hosting).Refusal);

        await Until(async () => (await session.View(ann.Id)).Value!.State is SessionState.Closed);
    }

    /// <summary>The host had found somebody who may join, and then they might not: the invitation is recorded, and shows them nothing.</summary>
    [Fact]
    public async Task Invite_WhenTheInvitedMayJoinNoMore_ShowsThemNothing()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, _, _, ann) = await cluster.HostSession();
        var (admin, bob) = (await cluster.AdministratorOf(Fabrikam), await cluster.SignIn("bob@fabrikam.example", "Bob"));
        await cluster.ActAsync(Fabrikam, admin, PermissionActionKind.TakeAway, bob, Permissions.Join);

        Assert.Null((await session.Invite(ann.Id, [bob])).Refusal);

        await Until(async () => (await session.View(bob.Id)).Refusal is not null);
    }
}
