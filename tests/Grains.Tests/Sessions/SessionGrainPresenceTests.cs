using Orleans.Runtime;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Joins and leaves in the transcript, over the leases of the live path.</summary>
public sealed class SessionGrainPresenceTests : IAsyncLifetime
{
    private GrainCluster cluster = null!;

    // Not valid in a configuration: nobody's window comes back within a second.
    public async ValueTask InitializeAsync() => cluster = await GrainCluster.StartAsync(configure: options => options.LeftAfter = TimeSpan.FromSeconds(1));

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Leave_WhenAWindowIsGoneForLong_IsRecordedOnceAndNotWhileItIsRead()
    {
        var (session, id, _, ann) = await cluster.HostSession();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await session.Invite(ann.Id, [bob]);
        using var reading = new CancellationTokenSource();
        var host = Watch(session, ann, "desk", reading.Token);
        await JoinAsync(session, ann, "desk");
        await JoinAsync(session, bob, "desk");

        var left = await UntilRecorded(id, SessionLogEntryKind.PersonLeft);

        Assert.Equal([bob.Id.ToString()], left.Select(body => body.Person!.Id));
        Assert.Equal(2, (await UntilRecorded(id, SessionLogEntryKind.PersonJoined)).Length);
        Assert.Equal([ann], (await session.View(ann.Id)).Value!.Present.Where(person => person != bob));
        await reading.CancelAsync();
        await host;
    }

    [Fact]
    public async Task Join_WhenTheGrainMovedMeanwhile_StillKnowsFromWhere()
    {
        var (session, id, _, ann) = await cluster.HostSession();
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        await session.Invite(ann.Id, [bob]);
        await JoinAsync(session, bob, "desk");
        await JoinAsync(session, bob, "laptop");
        await UntilRecorded(id, SessionLogEntryKind.PersonJoined, 2);

        await cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);
        var resumed = await session.Join(new ReaderJoin(new Reader(bob.Id, "desk"), "desk", Moves: false));
        var read = await session.Read(new ReadCursor(-1, 0, -1, 1024, TimeSpan.Zero, [new Reader(bob.Id, "desk"), new Reader(bob.Id, "laptop")]));

        Assert.Equal(ProblemCodes.JoinedElsewhere, resumed.Refusal?.Code);
        var denied = Assert.Single(read.Value!.Denied!);
        Assert.Equal(("desk", ProblemCodes.JoinedElsewhere), (denied.Reader.Place, denied.Refusal.Code));
    }

    private static async Task JoinAsync(ISessionGrain session, Person person, string place) =>
        Assert.Null((await session.Join(new ReaderJoin(new Reader(person.Id, place), place, Moves: true))).Refusal);

    private static async Task Watch(ISessionGrain session, Person person, string place, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
            await session.Read(new ReadCursor(-1, 0, -1, 1024, TimeSpan.FromSeconds(0.2), [new Reader(person.Id, place)]));
    }

    private async Task<SessionLogEntryBody[]> UntilRecorded(SessionId id, SessionLogEntryKind kind, int count = 1)
    {
        while (true)
        {
            var found = (await cluster.Log.Read(id, 0, 1_000_000, TestContext.Current.CancellationToken)).Where(entry => entry.Kind == kind).ToArray();
            if (found.Length >= count)
                return [.. found.Select(entry => SessionLogEntryBody.Decode(entry.Body))];
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
