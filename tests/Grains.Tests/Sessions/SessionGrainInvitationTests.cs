using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Invitations through all grains that they concern, also when any of their steps fails.</summary>
public sealed class SessionGrainInvitationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Invite_WhenRecorded_IsInTheirListAndMailedToEachAndOnceToTheHost()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, _, ann) = await cluster.HostSession();
        var people = await Task.WhenAll(Enumerable.Range(1, 3).Select(i => cluster.SignIn($"client{i}@fabrikam.example", $"Client {i}")));

        Assert.Null((await session.Invite(ann.Id, people)).Refusal);
        await Until(() => cluster.Mail.Taken.Count == 4);

        foreach (var person in people)
        {
            Assert.Contains(await cluster.Grains.User(person.Id).ListSessions(), listed => listed.Id == id.ToString());
            Assert.Equal(MailStatus.Sent, (await cluster.Grains.Invitation(id, person.Id).Describe())!.Mail);
        }
        var toHost = Assert.Single(cluster.Mail.Taken, mail => mail.Kind is MailKind.InvitationToHost);
        Assert.Equal((ann.Email, "crash"), (toHost.ToEmail, toHost.Values[MailValues.SessionName]));
        Assert.Equal(3, toHost.Values[MailValues.Invited].Split('\n').Length);
        Assert.Equal(people.Select(person => person.Email).Order(), cluster.Mail.Taken.Where(mail => mail.Kind is MailKind.InvitationToClient).Select(mail => mail.ToEmail).Order());
    }

    [Fact]
    public async Task Revoke_WhenRecorded_EndsTheirRightAndTheSessionLeavesTheirListUntilInvitedAgain()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, _, ann) = await cluster.HostSession();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await session.Invite(ann.Id, [bob]);

        Assert.Null((await session.Revoke(ann.Id, bob.Email)).Refusal);

        var denied = Assert.Single((await session.Read(new ReadCursor(-1, 0, -1, 1024, TimeSpan.Zero) { Readers = [new Reader(bob.Id, null)] })).Value!.Denied!);
        Assert.Equal((bob.Id, Refusals.NotInvitedAnyMore), (denied.Reader.User, denied.Refusal));
        Assert.Equal(ProblemCodes.SessionNotFound, (await session.View(bob.Id)).Refusal?.Code);
        Assert.Empty(await cluster.Grains.User(bob.Id).ListSessions());

        Assert.Null((await session.Invite(ann.Id, [bob])).Refusal);
        Assert.Contains(await cluster.Grains.User(bob.Id).ListSessions(), listed => listed.Id == id.ToString());
        await Until(() => cluster.Mail.Taken.Count == 4);
        Assert.Equal(4, cluster.Mail.Taken.Select(mail => mail.Id).Distinct().Count());
    }

    [Fact]
    public async Task Revoke_WhenSomebodyReads_WakesTheReadAtOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, _, _, ann) = await cluster.HostSession();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await session.Invite(ann.Id, [bob]);
        await Open(session, bob);
        await SessionGrainTests.Durable(session, after: 3);
        var last = (await session.View(ann.Id)).Value!.DurableThrough;

        var reading = session.Read(new ReadCursor(last, 1, last, 1024, TimeSpan.FromSeconds(4), [new Reader(bob.Id, null)]));
        await session.Revoke(ann.Id, bob.Email);
        var page = (await reading).Value!;

        Assert.Equal(bob.Id, Assert.Single(page.Denied!).Reader.User);
        Assert.Equal(SessionLogEntryKind.ClientRevoked, Assert.Single(page.Entries).Kind);
    }

    [Fact]
    public async Task Leave_WhenTheClientHasOpenedTheSession_FreesThePlaceAndIsInTheTranscript()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, _, ann) = await cluster.HostSession();
        var people = await Task.WhenAll(Enumerable.Range(1, 11).Select(i => cluster.SignIn($"client{i}@fabrikam.example", $"Client {i}")));
        await session.Invite(ann.Id, people[..10]);
        await Open(session, people[0]);
        await SessionGrainTests.Durable(session, after: 12);
        Assert.Equal(people[0].Id, Assert.Single((await session.View(ann.Id)).Value!.Accepted));
        Assert.Equal(ProblemCodes.LimitReached, (await session.Invite(ann.Id, people[10..])).Refusal?.Code);

        Assert.Null((await session.Leave(people[0].Id)).Refusal);
        Assert.Null((await session.Leave(people[1].Id)).Refusal);

        Assert.Null((await session.Invite(ann.Id, people[10..])).Refusal);
        Assert.Empty(await cluster.Grains.User(people[0].Id).ListSessions());
        var kinds = (await cluster.Log.Read(id, 12, int.MaxValue, Cancellation)).Select(entry => entry.Kind);
        Assert.Equal([SessionLogEntryKind.InvitationAccepted, SessionLogEntryKind.ClientLeft, SessionLogEntryKind.InvitationDeclined, SessionLogEntryKind.ClientInvited], kinds);
    }

    [Fact]
    public async Task Leave_WhenTheHostHadInvitedThemselves_KeepsTheSessionInTheHostsList()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, _, ann) = await cluster.HostSession();
        await session.Invite(ann.Id, [ann]);

        Assert.Null((await session.Leave(ann.Id)).Refusal);

        Assert.Contains(await cluster.Grains.User(ann.Id).ListSessions(), listed => listed.Id == id.ToString());
    }

    [Fact]
    public async Task Invite_WhenAThousandRace_EndsWithExactlyTen()
    {
        await using var cluster = await GrainCluster.StartAsync(silos: 2);
        var (session, id, _, ann) = await cluster.HostSession();
        var people = await Task.WhenAll(Enumerable.Range(1, 1_000).Select(i => cluster.SignIn($"client{i}@fabrikam.example", $"Client {i}")));

        var watch = Stopwatch.StartNew();
        var outcomes = await Task.WhenAll(people.Select(person => session.Invite(ann.Id, [person])));
        var elapsed = watch.Elapsed;

        TestContext.Current.TestOutputHelper?.WriteLine($"1,000 invitations in {elapsed.TotalMilliseconds:F0} ms");
        Assert.Equal(10, outcomes.Count(outcome => outcome.Refusal is null));
        Assert.All(outcomes.Select(outcome => outcome.Refusal).OfType<Refusal>(), refusal => Assert.Equal(ProblemCodes.LimitReached, refusal.Code));
        Assert.Equal(10, (await session.View(ann.Id)).Value!.Clients.Length);
        Assert.Equal(10, (await cluster.Log.Read(id, 0, int.MaxValue, Cancellation)).Count(entry => entry.Kind is SessionLogEntryKind.ClientInvited));
        Assert.InRange(elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    /// <summary>Every stored step after the entry fails once, before or after it is done, and the session's activation ends with it.</summary>
    [Theory]
    [InlineData("invitation", false)]
    [InlineData("invitation", true)]
    [InlineData("user", false)]
    [InlineData("user", true)]
    [InlineData("mailOutbox", false)]
    [InlineData("mailOutbox", true)]
    [InlineData("snapshot", false)]
    [InlineData("snapshot", true)]
    public async Task Invite_WhenAnyStepFails_IsDoneByTheNextActivationAndNothingTwice(string state, bool isDone)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, id, _, ann) = await cluster.HostSession();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        var isStopped = true;
        Task Stop(string name, GrainId grain) => isStopped && name == state && !grain.ToString().Contains("ann@", StringComparison.Ordinal)
            ? throw new InvalidOperationException("a crash, as the test wants it")
            : Task.CompletedTask;
        if (isDone)
            cluster.Stored.AfterWrite = Stop;
        else
            cluster.Stored.BeforeWrite = Stop;

        Assert.Null((await session.Invite(ann.Id, [bob])).Refusal);
        await cluster.CollectAsync();
        isStopped = false;
        await session.View(ann.Id);

        await Until(async () => cluster.Mail.Taken.Count == 2 && (await cluster.Grains.User(bob.Id).ListSessions()).Length == 1);
        await Quiet(cluster);
        Assert.Equal(2, cluster.Mail.Taken.Count);
        Assert.Equal(MailStatus.Sent, (await cluster.Grains.Invitation(id, bob.Id).Describe())!.Mail);
    }

    [Fact]
    public async Task Invite_WhenItsActivationEndsAndNobodyAsksForTheSession_TheReminderTells()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var cluster = await GrainCluster.StartAsync(reminderTime: time);
        var (session, _, _, ann) = await cluster.HostSession();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        cluster.Stored.BeforeWrite = (name, _) => name == "invitation" ? throw new InvalidOperationException("a crash, as the test wants it") : Task.CompletedTask;
        Assert.Null((await session.Invite(ann.Id, [bob])).Refusal);
        await cluster.CollectAsync();
        cluster.Stored.BeforeWrite = null;
        Assert.Empty(await cluster.Grains.User(bob.Id).ListSessions());

        await Until(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return (await cluster.Grains.User(bob.Id).ListSessions()).Length == 1;
        });
    }

    [Fact]
    public async Task Activate_WhenEverybodyWasTold_TellsNobodyAgain()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (session, _, _, ann) = await cluster.HostSession();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await session.Invite(ann.Id, [bob]);
        await Until(() => cluster.Mail.Taken.Count == 2);
        await Quiet(cluster);
        await cluster.CollectAsync();
        var touched = 0;
        cluster.Stored.BeforeWrite = (_, _) => Task.FromResult(Interlocked.Increment(ref touched));

        await session.View(ann.Id);
        await session.EnterCommand(ann.Id, "");

        Assert.Equal(0, touched);
        Assert.DoesNotContain(await Activations(cluster), type => type.Contains("invitation", StringComparison.Ordinal) || type.Contains("mailOutbox", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deliver_WhenALaterOrderCameFirst_DoesNothing()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (ann, bob, id) = (await cluster.SignIn("ann@contoso.example"), await cluster.SignIn("bob@fabrikam.example"), SessionId.New());
        var invited = new Abstractions.Invitations.InvitationOrder(id, bob, ann, TestSessions.Now) { Sequence = 5 };
        var grain = cluster.Grains.Invitation(id, bob.Id);

        await grain.Deliver(invited with { Sequence = 9, IsInvited = false });
        await grain.Deliver(invited);

        Assert.Empty(await cluster.Grains.User(bob.Id).ListSessions());
    }

    private static async Task Open(ISessionGrain session, Person person) =>
        Assert.Null((await session.Join(new ReaderJoin(new Reader(person.Id, null), null, Moves: false))).Refusal);

    private static async Task<string[]> Activations(GrainCluster cluster) =>
        [.. (await cluster.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics(null, null, Cancellation)).Select(statistic => statistic.GrainId.Type.ToString()!)];

    /// <summary>Waits until nothing has been stored for a while: whatever was to be repeated has been.</summary>
    private static async Task Quiet(GrainCluster cluster)
    {
        var (writes, since) = (-1, Stopwatch.StartNew());
        await Until(() =>
        {
            if (writes != cluster.Stored.Writes)
                (writes, since) = (cluster.Stored.Writes, Stopwatch.StartNew());
            return since.ElapsedMilliseconds > 300;
        });
    }

    internal static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    internal static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
