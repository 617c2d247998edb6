using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>The whole agent against a real hub and a real gdb.</summary>
public sealed class AgentConnectionTests : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("orleanskd-agent-").FullName;
    private readonly string session = SessionId.New().ToString();
    private TestEdge edge = null!;

    public async ValueTask InitializeAsync() => edge = await TestEdge.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await edge.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Host_WithGdb_RegistersAnswersAndSendsTheTranscript()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        var answer = await edge.RequestAsync(session, "-q -nx –ex 'echo password=hunter2'");
        Assert.True(answer.Started, answer.Problem);
        Assert.Equal("gdb", answer.DebuggerKind);
        Assert.Equal("-q -nx -ex 'echo password=…'", answer.MaskedArguments);
        Assert.False(answer.ThroughServer);
        var registration = Assert.Single(edge.Registrations);
        Assert.Equal("lab", registration.Computer);
        Assert.Contains(registration.Debuggers, path => path.EndsWith("/gdb", StringComparison.Ordinal));
        Assert.Equal("Bearer token-of-the-test", Assert.Single(edge.Tokens));

        var run = edge.Create(session);
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "print 6 * 7");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c1"));
        Assert.Contains("$1 = 42\n", run.Text, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => run.Chunks[^1].State == DebuggerState.Ready);
        Assert.Equal("(gdb) ", run.Chunks[^1].Text);
        Assert.Equal(DebuggerState.Starting, run.Chunks[0].State);
    }

    [Fact]
    public async Task Host_WhenTheDebuggerDoesNotStart_AnswersWithTheProblem_AndLeavesNothing()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        var answer = await edge.RequestAsync(session, "--no-such-option");
        Assert.False(answer.Started);
        Assert.Contains("no-such-option", answer.Problem, StringComparison.Ordinal);
        Assert.Empty(agent.SpoolFolders);
    }

    [Fact]
    public async Task Cuts_WhileOutputFlows_LoseAndRepeatNothing_AndRunEachCommandOnce()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        await edge.RequestAsync(session, $"-q -nx {SamplePrograms.Flood}");
        for (var command = 1; command <= 4; command++)
        {
            run.Instruct(AgentInstructionKind.RunCommand, $"c{command}", command == 1 ? "run 60000" : $"printf \"command {command}\\n\"");
            var (attaches, bytes) = (command, command * 100_000);
            await Eventually.TrueAsync(() => edge.Attaches.Count >= attaches && (run.Bytes.Length > bytes || run.Has(AgentChunkKind.CommandCompleted, "c1")));
            edge.Cut();
        }
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c4"));
        var started = run.Chunks.Where(chunk => chunk.Kind == AgentChunkKind.CommandStarted).Select(chunk => chunk.CommandId);
        Assert.Equal(["c1", "c2", "c3", "c4"], started);
        var lines = run.Text.Split('\n').Where(line => line.StartsWith("line 0", StringComparison.Ordinal)).Select(line => int.Parse(line.AsSpan(5, 9)));
        Assert.Equal(Enumerable.Range(1, 60_000), lines);
        Assert.True(edge.Attaches.Count >= 4);
    }

    [Fact]
    public async Task Window_WhenNothingIsAccepted_HoldsBackTheRest_AndTheDebuggerRunsOn()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        run.IsAccepting = false;
        await edge.RequestAsync(session, $"-q -nx {SamplePrograms.Flood}");
        await Eventually.TrueAsync(() => run.IsAttached && run.Chunks.Count > 0);
        run.Acknowledge();
        var marker = Path.Combine(data, "done");
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "run 60000");
        run.Instruct(AgentInstructionKind.RunCommand, "c2", $"shell touch {marker}");
        // The flood has passed gdb although the server took next to nothing of it.
        await Eventually.TrueAsync(() => File.Exists(marker));
        Assert.InRange(run.Chunks.Count, 1, 2 * Limits.ChunkWindow);
        Assert.False(run.Has(AgentChunkKind.CommandCompleted, "c1"));
        run.IsAccepting = true;
        run.Acknowledge();
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c2"));
        Assert.Contains("line 000060000", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepted_WithoutDurable_GivesCreditAndKeepsTheSpool()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        run.IsDurable = false;
        await edge.RequestAsync(session, $"-q -nx {SamplePrograms.Flood}");
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "run 100000");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c1"));
        var kept = Directory.GetFiles(Assert.Single(agent.SpoolFolders), "*.spool");
        Assert.True(kept.Sum(file => new FileInfo(file).Length) > 7_000_000);
        run.IsDurable = true;
        run.Acknowledge();
        await Eventually.TrueAsync(() => !File.Exists(kept.Order(StringComparer.Ordinal).First()));
    }

    [Fact]
    public async Task Break_WhileTheTargetRuns_StopsItOnce_AndCancelsWhatWaits()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        await edge.RequestAsync(session, $"-q -nx -p {counter.Id}");
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "continue");
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Running));
        run.Instruct(AgentInstructionKind.RunCommand, "c2", "echo must not run");
        run.Signal("other", run: 2);
        run.Signal("b1");
        run.Signal("b1");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c1"));
        Assert.True(run.Has(AgentChunkKind.CommandCancelled, "c2"));
        Assert.False(run.Has(AgentChunkKind.CommandStarted, "c2"));
        run.Instruct(AgentInstructionKind.RunCommand, "c3", "echo alive\\n");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c3"));
        Assert.Single(run.Text.Split("Program received signal SIGINT")[1..]);
        Assert.DoesNotContain("Quit", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_RemovedBeforeItStarted_IsCancelledAndNeverStarted()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        await edge.RequestAsync(session, $"-q -nx -p {counter.Id}");
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "continue");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandStarted, "c1"));
        run.Instruct(AgentInstructionKind.RunCommand, "c2", "echo two");
        run.Instruct(AgentInstructionKind.CancelCommand, "c2", "removed by the host");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCancelled, "c2"));
        edge.Cut();
        await Eventually.TrueAsync(() => run.IsAttached && edge.Attaches.Count > 1);
        run.Signal("b1");
        run.Instruct(AgentInstructionKind.RunCommand, "c3", "echo three");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c3") || run.Has(AgentChunkKind.CommandCancelled, "c3"));
        Assert.False(run.Has(AgentChunkKind.CommandStarted, "c2"));
        Assert.Single(run.Chunks, chunk => chunk.Kind == AgentChunkKind.CommandCancelled && chunk.CommandId == "c2");
    }

    [Fact]
    public async Task End_LeavesTheTargetAsAsked_AndReportsTheEndLast()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        await edge.RequestAsync(session, $"-q -nx -p {counter.Id}");
        run.Instruct(AgentInstructionKind.EndDebugger, target: TargetFate.LeaveStopped);
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.RunExited));
        Assert.Equal(AgentChunkKind.RunExited, run.Chunks[^1].Kind);
        Assert.Equal(0, run.Chunks[^1].ExitCode);
        await Eventually.TrueAsync(() => counter.State == 'T');
        await Eventually.TrueAsync(() => agent.SpoolFolders.Count == 0);
    }

    [Fact]
    public async Task Debugger_ThatIsQuitByACommand_ReportsItsExitCode()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        await edge.RequestAsync(session, "-q -nx");
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "quit 3");
        run.Instruct(AgentInstructionKind.RunCommand, "c2", "echo late");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.RunExited));
        Assert.Equal(3, run.Chunks[^1].ExitCode);
        Assert.True(run.Has(AgentChunkKind.CommandCancelled, "c2"));
    }

    [Fact]
    public async Task Session_ThatIsCreatedLater_IsAttachedToThen()
    {
        await using var agent = await TestAgent.StartAsync(edge, data);
        Assert.True((await edge.RequestAsync(session, "-q -nx")).Started);
        await Eventually.TrueAsync(() => edge.Attaches.Count >= 2);
        var run = edge.Create(session);
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Ready));
    }

    [Fact]
    public async Task Stop_OfTheAgent_LeavesTheDebuggerAndUploadsItsEnd()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        var run = edge.Create(session);
        var agent = await TestAgent.StartAsync(edge, data);
        await edge.RequestAsync(session, $"-q -nx -p {counter.Id}");
        await agent.DisposeAsync();
        Assert.Equal(AgentChunkKind.RunExited, run.Chunks[^1].Kind);
        Assert.Contains("The agent was stopped.", run.Chunks[^1].Text, StringComparison.Ordinal);
        Assert.Equal('S', counter.State);
    }
}
