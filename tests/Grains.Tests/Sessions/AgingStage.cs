using Orleans.Runtime;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;
using OrleansKd.Testing;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>A session that grows old: time jumps, and nobody but its reminders looks at the session unless a test says so.</summary>
internal sealed class AgingStage : IAsyncDisposable
{
    /// <summary>Silos read the clock, too, and one whose clock is ahead of the real one may take itself for dead: tests begin so long ago.</summary>
    private static readonly TimeSpan Ago = TimeSpan.FromDays(1_000);

    private readonly ShiftedTime time;

    private AgingStage(GrainCluster cluster, ShiftedTime time) => (Cluster, this.time) = (cluster, time);

    public GrainCluster Cluster { get; }

    public ISessionGrain Session { get; private init; } = null!;

    public SessionId Id { get; private init; }

    public ScriptedAgent Agent { get; private init; } = null!;

    public Person Ann { get; private init; } = null!;

    public Person Bob { get; private init; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Ann hosts, and Bob is invited and has been told.</summary>
    public static async Task<AgingStage> OpenAsync(bool throughServer = false)
    {
        var time = new ShiftedTime();
        time.Advance(-Ago);
        var cluster = await GrainCluster.StartAsync(time: time);
        var (session, id, agent, ann) = await cluster.HostSession(throughServer);
        var bob = await cluster.SignIn("bob@fabrikam.example", "Bob Client");
        Assert.Null((await session.Invite(ann.Id, [bob])).Refusal);
        await agent.AttachAsync(session);
        var stage = new AgingStage(cluster, time) { Session = session, Id = id, Agent = agent, Ann = ann, Bob = bob };
        await Until(async () => cluster.Mail.Taken.Count == 2 && await stage.Lists(bob));
        return stage;
    }

    public async Task TerminateAsync()
    {
        Assert.Null((await Session.Terminate(Ann.Id, TargetFate.LeaveStopped)).Refusal);
        await LeaveAsync();
    }

    /// <summary>The agent reports that its debugger has left.</summary>
    public async Task LeaveAsync()
    {
        var last = (await Cluster.Log.ReadHead(Id, Cancellation))!.LastSequence;
        await Agent.SendAsync(Session, Agent.Report(AgentChunkKind.RunExited, new AgentReport { End = RunEnd.Left, ExitCode = 0, Text = "gdb ended with exit code 0." }));
        await Until(async () => (await Cluster.Log.ReadHead(Id, Cancellation))?.LastSequence > last);
    }

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>So much later.</summary>
    public void Pass(TimeSpan by) => time.Advance(by);

    /// <summary>Each of the session's reminders comes once, if it is there; when it fails, as a reminder's failure: it comes again.</summary>
    public Task RemindAsync() => RemindAsync(Cluster, Id);

    public static async Task RemindAsync(GrainCluster cluster, SessionId id)
    {
        var session = cluster.Grains.Session(id).AsReference<IRemindable>();
        foreach (var name in cluster.Reminders.Of(id))
        {
            try
            {
                await session.ReceiveReminder(name, default);
            }
            catch (Exception exception) when (exception is OrleansException or IOException)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {exception.Message}");
            }
        }
    }

    /// <summary>Waits while reminders come.</summary>
    public Task UntilReminded(Func<Task<bool>> condition) => Until(async () =>
    {
        await RemindAsync();
        return await condition();
    });

    public static Task Until(Func<Task<bool>> condition) => SessionGrainInvitationTests.Until(condition);

    public async Task<bool> Lists(Person person) => (await Cluster.Grains.User(person.Id).ListSessions()).Any(listed => listed.Id == Id.ToString());

    public async Task<SessionLogEntry[]> EntriesAsync() => await Cluster.Log.Read(Id, 0, int.MaxValue, Cancellation);

    public async Task<bool> Has(SessionLogEntryKind kind) => (await EntriesAsync()).Any(entry => entry.Kind == kind);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
