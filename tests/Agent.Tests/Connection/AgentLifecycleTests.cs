using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>Leaving, starting again, and what stays when the server does not know a run: a real gdb on a real gdbserver (rules F2 to F6).</summary>
public sealed class AgentLifecycleTests : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("orleanskd-agent-").FullName;
    private readonly string session = SessionId.New().ToString();
    private TestEdge edge = null!;
    private GdbServer stub = null!;

    public async ValueTask InitializeAsync()
    {
        edge = await TestEdge.StartAsync();
        stub = await GdbServer.StartAsync(SamplePrograms.Count, "/dev/null");
    }

    public async ValueTask DisposeAsync()
    {
        await edge.DisposeAsync();
        stub.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private string KeptFile => Path.Combine(data, "sessions", session + ".json");

    [Fact]
    public async Task End_WithoutAFate_LeavesTheStubsTargetAsItIs_AndTheNextRunFindsIt()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        var first = await edge.RequestAsync(session, stub.Arguments);
        Assert.True(first.Started && first.ThroughServer, first.Problem);

        run.Instruct(AgentInstructionKind.EndDebugger, text: "The session was closed.");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.RunExited));

        var end = run.Chunks[^1];
        Assert.Equal((RunEnd.Left, TargetFate.LeaveStopped), (end.End, end.Target));
        Assert.Contains("The session was closed.", end.Text, StringComparison.Ordinal);
        Assert.Equal((true, 't'), (stub.IsAlive, stub.TargetState));
        await Eventually.TrueAsync(() => agent.SpoolFolders.Count == 0);
        var next = edge.Create(session, run: 2);
        Assert.True((await edge.RequestAsync(session, stub.Arguments, run: 2)).Started);
        next.Instruct(AgentInstructionKind.RunCommand, "c1", "info inferiors");
        await Eventually.TrueAsync(() => next.Has(AgentChunkKind.CommandCompleted, "c1"));
        Assert.Contains($"process {stub.TargetId}", next.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_WhenSomebodyKillsTheDebugger_IsToldApartFromItsOwnEnd()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        await edge.RequestAsync(session, "-q -nx");
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "python print(f'pid={__import__(\"os\").getpid()};')");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c1"));
        _ = LibC.kill(int.Parse(run.Text.Split("pid=")[1].Split(';')[0]), Signals.Kill);
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.RunExited));

        var other = SessionId.New().ToString();
        var quitting = edge.Create(other);
        await edge.RequestAsync(other, "-q -nx");
        quitting.Instruct(AgentInstructionKind.RunCommand, "c1", "quit 3");
        await Eventually.TrueAsync(() => quitting.Has(AgentChunkKind.RunExited));

        Assert.Equal((RunEnd.Signalled, "SIGKILL"), (run.Chunks[^1].End, run.Chunks[^1].Signal));
        Assert.Equal((RunEnd.Exited, 3), (quitting.Chunks[^1].End, quitting.Chunks[^1].ExitCode));
    }

    [Fact]
    public async Task Stop_OfTheAgent_LeavesAStubsTargetAsItIs_AndSaysSo()
    {
        var run = edge.Create(session);
        var agent = await TestAgent.StartAsync(edge, data);
        await edge.RequestAsync(session, stub.Arguments);
        await agent.DisposeAsync();

        Assert.Equal((RunEnd.AgentStopped, TargetFate.LeaveStopped), (run.Chunks[^1].End, run.Chunks[^1].Target));
        Assert.Equal((true, 't'), (stub.IsAlive, stub.TargetState));
    }

    [Fact]
    public async Task CancelWaiting_CancelsWhatCameBefore_AndTheDebuggerStays()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        await edge.RequestAsync(session, stub.Arguments);
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "continue");
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Running));
        run.Instruct(AgentInstructionKind.RunCommand, "c2", "echo before");
        run.Instruct(AgentInstructionKind.CancelWaiting, text: "The session was closed.");
        run.Instruct(AgentInstructionKind.RunCommand, "c3", "echo after");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCancelled, "c2"));
        Assert.False(run.Has(AgentChunkKind.CommandCancelled, "c3"));
        run.Signal("b1");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c1"));
        Assert.False(run.Has(AgentChunkKind.CommandStarted, "c2"));
    }

    [Fact]
    public async Task Request_WhenItsDebuggerWaitsForTheSession_IsAnsweredWithThatOne_AndWithOtherArgumentsByAnother()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        Assert.True((await edge.RequestAsync(session, stub.Arguments, run: 2)).Started);
        await Eventually.TrueAsync(() => edge.Attaches.Any(attach => attach.Run == 2));

        // The stub takes one gdb at a time: a second one would not get its target.
        Assert.True((await edge.RequestAsync(session, stub.Arguments, run: 2)).Started);
        Assert.True((await edge.RequestAsync(session, stub.Arguments + " -ex 'echo another one'", run: 2)).Started);
        var run = edge.Create(session, run: 2);
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Ready));

        Assert.Contains("another one", run.Text, StringComparison.Ordinal);
        Assert.Equal(1, run.Chunks[0].Number);
        Assert.False((await edge.RequestAsync(session, stub.Arguments, run: 2)).Started);
    }

    [Fact]
    public async Task Request_WhenOnlyTheLeftoverOfAnUnknownRunIsThere_ReplacesIt_ButNeverOneThatItsSessionKnows()
    {
        var other = SessionId.New().ToString();
        LeaveBehind(session, run: 2, wasAttached: false, unwantedSince: null);
        LeaveBehind(other, run: 2, wasAttached: true, unwantedSince: null);
        await using var agent = await TestAgent.StartAsync(edge, data);

        Assert.True((await edge.RequestAsync(session, stub.Arguments, run: 2)).Started);
        Assert.False((await edge.RequestAsync(other, stub.Arguments, run: 2)).Started);

        var run = edge.Create(session, run: 2);
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Ready));
        Assert.DoesNotContain("left behind", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhenTheServerGaveItUp_LeavesItsTargetAsItIs_AndItsOutputIsKeptForAWhile()
    {
        var run = edge.Create(session);
        run.IsDurable = false;
        var agent = await TestAgent.StartAsync(edge, data);
        await edge.RequestAsync(session, stub.Arguments);
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Ready));

        edge.Refused[(session, 1)] = ProblemCodes.RunGivenUp;
        edge.Cut();
        await Eventually.TrueAsync(() => agent.SpoolFolders is [var folder] && RunFile.Load(folder)?.UnwantedSince is not null);
        Assert.Equal((true, 't'), (stub.IsAlive, stub.TargetState));
        await agent.DisposeAsync();

        var old = SessionId.New().ToString();
        edge.Refused[(old, 1)] = ProblemCodes.RunGivenUp;
        LeaveBehind(old, run: 1, wasAttached: true, unwantedSince: TimeProvider.System.GetUtcNow().AddDays(-31));
        await using var next = await TestAgent.StartAsync(edge, data);
        await Eventually.TrueAsync(() => next.SpoolFolders is [var folder] && folder.Contains(session, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Arguments_WithASecret_AreKeptPrivatelyAndUsedAgain_UntilTheSessionIsTerminated()
    {
        var arguments = stub.Arguments + """ -ex 'python print("length %d" % len("password=hunter2"))'""";
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        var masked = (await edge.RequestAsync(session, arguments)).MaskedArguments!;
        Assert.Contains("password=…", masked, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeptFile));
        run.Instruct(AgentInstructionKind.EndDebugger);
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.RunExited));

        var next = edge.Create(session, run: 2);
        Assert.True((await edge.RequestAsync(session, masked, run: 2)).Started);
        // Told by what follows from it: the secret itself is recorded nowhere, and masked arguments are no Python.
        await Eventually.TrueAsync(() => next.Text.Contains("length 16", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", next.Text, StringComparison.Ordinal);
        var unknown = await edge.RequestAsync(SessionId.New().ToString(), masked, run: 2);
        next.TellTerminated();
        await Eventually.TrueAsync(() => !File.Exists(KeptFile));

        Assert.Contains("Give the arguments again", unknown.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_WhenTheirSessionWasTerminatedMeanwhile_AreForgottenAtTheNextConnection()
    {
        var run = edge.Create(session);
        await using (await TestAgent.StartAsync(edge, data))
        {
            await edge.RequestAsync(session, stub.Arguments + " -ex 'echo password=hunter2'");
            run.Instruct(AgentInstructionKind.EndDebugger);
            await Eventually.TrueAsync(() => run.Has(AgentChunkKind.RunExited));
        }
        Assert.True(File.Exists(KeptFile));

        edge.Terminated[session] = true;
        await using var next = await TestAgent.StartAsync(edge, data);
        await Eventually.TrueAsync(() => !File.Exists(KeptFile));
    }

    [Fact]
    public async Task Request_ToStartAgain_WithArgumentsOfADirectSession_StartsNothing()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);

        var answer = await edge.RequestAsync(session, "-q -nx", run: 2);

        Assert.False(answer.Started);
        Assert.Contains("directly", answer.Problem, StringComparison.Ordinal);
        Assert.Empty(agent.SpoolFolders);
    }

    /// <summary>The folder of a run whose debugger ended with an earlier agent.</summary>
    private void LeaveBehind(string of, int run, bool wasAttached, DateTimeOffset? unwantedSince)
    {
        using var root = new SpoolRoot(data);
        var folder = root.FolderOf(SessionId.Parse(of), run);
        using var spool = OutputSpool.Create(folder);
        spool.Output("left behind"u8);
        new RunFile(of, run, "gdb", TimeProvider.System.GetUtcNow(), 0, wasAttached, unwantedSince).Save(folder);
    }
}
