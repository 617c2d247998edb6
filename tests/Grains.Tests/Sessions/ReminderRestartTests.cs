using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Sessions;
using OrleansKd.Grains.Tests.Cluster;
using OrleansKd.Testing;
using OrleansKd.Testing.Azurite;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>A reminder's row in a real table brings a session back to life on a silo that has never heard of it.</summary>
public sealed class ReminderRestartTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Reminder_WhenItsSiloIsReplacedBeforeItComes_ExpiresInvitationsAndDeletesTheSessionOnTheNextSilos()
    {
        var (time, deletedAfter) = (new ShiftedTime(), new SessionOptions().DeleteTerminatedAfter);
        time.Advance(-deletedAfter);
        await using var silo = new StoredSilo(azurite, time);
        await silo.StartAsync();
        var (ann, bob) = (await SignIn(silo, "ann@contoso.example"), await SignIn(silo, "bob@fabrikam.example"));
        var agent = new ScriptedAgent(silo.Grains, ann, throughServer: false);
        await agent.RegisterAsync();
        var id = SessionId.New();
        var hosting = silo.Grains.Session(id).Host(ann.Id, new HostSession("lab", "/usr/bin/gdb", "", "crash", ""));
        await agent.AnswerOneAsync(problem: null);
        Assert.Null((await hosting).Refusal);
        var session = silo.Grains.Session(id);
        Assert.Null((await session.Invite(ann.Id, [bob])).Refusal);
        await agent.AttachAsync(session);
        Assert.Null((await session.Terminate(ann.Id, TargetFate.LeaveStopped)).Refusal);
        await agent.SendAsync(session, agent.Report(AgentChunkKind.RunExited, new AgentReport { End = RunEnd.Left, ExitCode = 0 }));
        await AgingStage.Until(async () => (await session.View(ann.Id)).Value!.Debugger is DebuggerState.Exited);
        Assert.True(await Lists(silo, bob, id));
        await silo.StopAsync();

        // Nobody asks for the session on these: only lists are looked at.
        time.Advance(Limits.TerminatedVisibleToClients);
        await silo.StartAsync();
        await AgingStage.Until(async () => !await Lists(silo, bob, id));
        Assert.True(await Lists(silo, ann, id));
        Assert.NotEmpty(await silo.RowsOf(id.ToString()));
        await silo.StopAsync();

        time.Advance(deletedAfter - Limits.TerminatedVisibleToClients);
        await silo.StartAsync();
        await AgingStage.Until(async () => await silo.RowsOf(id.ToString()) is ["log head"]);
        Assert.False(await Lists(silo, ann, id));
        Assert.Equal(ProblemCodes.SessionNotFound, (await silo.Grains.Session(id).View(ann.Id)).Refusal?.Code);
    }

    private static async Task<Person> SignIn(StoredSilo silo, string email) =>
        (await silo.Grains.User(UserId.FromEmail(email)).SignIn(new ProvenIdentity("https://issuer.example", email, email, email, IsProven: true))).Value!.Person;

    private static async Task<bool> Lists(StoredSilo silo, Person person, SessionId id) =>
        (await silo.Grains.User(person.Id).ListSessions()).Any(listed => listed.Id == id.ToString());
}
