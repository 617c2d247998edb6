using System.Text;
using Orleans.Runtime;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Sessions;

/// <summary>Passwords in commands (rule B8): the debugger gets them, nobody else does, and no storage keeps them.</summary>
public sealed class CommandSecretTests(SessionGrainTests.SharedCluster shared) : IClassFixture<SessionGrainTests.SharedCluster>
{
    private const string Entered = ".server tcp:port=5005,password=hush;k";

    private const string Shown = ".server tcp:port=5005,password=…;k";

    private GrainCluster Cluster => shared.Cluster;

    [Theory]
    [InlineData("kd", Entered, Shown)]
    [InlineData("cdb", ".SERVER npipe : pipe=a,PassWord = \"a b\",hidden", ".SERVER npipe : pipe=a,PassWord = …,hidden")]
    [InlineData("kd", ".server tcp:port=1,password=a; .server spipe:proto=tls1,pipe=p,password=b", ".server tcp:port=1,password=…; .server spipe:proto=tls1,pipe=p,password=…")]
    [InlineData("kd", ".server tcp:port=1,password=\"a b\"c,hidden; k", ".server tcp:port=1,password=…,hidden; k")]
    [InlineData("kd", "? password=5", "? password=5")]
    [InlineData("gdb", "print password=5", "print password=5")]
    public void MaskCommand_HidesOnlyPasswordsOfTransports(string kind, string command, string shown) => Assert.Equal(shown, SecretText.MaskCommand(kind, command));

    [Fact]
    public async Task EnterCommand_WhenItHasAPassword_ReachesTheAgentWholeAndThePeopleMasked()
    {
        var (session, id, agent, ann) = await Cluster.HostSession(debuggerKind: "kd");
        await agent.AttachAsync(session);

        await session.EnterCommand(ann.Id, Entered);

        Assert.Equal(Entered, Assert.Single((await agent.LaneAsync(session)).Instructions).Text);
        Assert.Equal(Shown, Assert.Single((await session.View(ann.Id)).Value!.Queue).Text);
        Assert.DoesNotContain("hush", await Stored(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnterCommand_WhenTheServerIsLostBeforeItStarts_IsCancelledAndSaysWhy()
    {
        var (session, id, agent, ann) = await Cluster.HostSession(debuggerKind: "kd");
        await agent.AttachAsync(session);
        await session.EnterCommand(ann.Id, Entered);
        var plain = (await session.EnterCommand(ann.Id, "k")).Value!.CommandId;

        await Cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);
        await agent.AttachAsync(session);

        Assert.Equal(plain, Assert.Single((await agent.LaneAsync(session)).Instructions).CommandId);
        var cancelled = Assert.Single(await EntriesOf(id), entry => entry.Kind is SessionLogEntryKind.CommandCancelled);
        Assert.Contains("enter it again", SessionLogEntryBody.Decode(cancelled.Body).Text, StringComparison.Ordinal);
    }

    private async Task<string> Stored(SessionId id) => string.Concat((await EntriesOf(id)).Select(entry => Encoding.UTF8.GetString(entry.Body.Span)));

    private async Task<SessionLogEntry[]> EntriesOf(SessionId id) => await Cluster.Log.Read(id, 0, 1_000_000, TestContext.Current.CancellationToken);
}
