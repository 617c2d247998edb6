using System.Diagnostics;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>The agent as a program, ended the hard way.</summary>
public sealed class AgentProgramTests : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("orleanskd-agent-").FullName;
    private readonly string home = Directory.CreateTempSubdirectory("orleanskd-home-").FullName;
    private readonly string session = SessionId.New().ToString();
    private TestEdge edge = null!;

    public async ValueTask InitializeAsync() => edge = await TestEdge.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await edge.DisposeAsync();
        Directory.Delete(data, recursive: true);
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task Kill_OfTheAgent_EndsGdb_SparesTheAttachedProcess_AndTheNextStartUploadsTheRest()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        var run = edge.Create(session);
        run.IsDurable = false;
        int gdb;
        using (var agent = await StartAsync())
        {
            await edge.RequestAsync(session, $"-q -nx -p {counter.Id}");
            run.Instruct(AgentInstructionKind.RunCommand, "c1", "break usleep");
            run.Instruct(AgentInstructionKind.RunCommand, "c2", "echo before the end\\n");
            await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c2"));
            gdb = TracerOf(counter.Id);
            Assert.NotEqual(0, gdb);
            _ = LibC.kill(agent.Id, Signals.Kill);
            await agent.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        await Eventually.TrueAsync(() => TracerOf(counter.Id) == 0);
        using (var debugger = new ForeignProcess(gdb))
            await Eventually.TrueAsync(() => !debugger.IsAlive);
        Assert.True(counter.IsAlive);
        Assert.Single(Directory.GetDirectories(Path.Combine(data, "runs")));

        run.IsDurable = true;
        using var next = await StartAsync();
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.RunExited));
        Assert.Equal(Enumerable.Range(1, run.Chunks.Count).Select(number => (long)number), run.Chunks.Select(chunk => chunk.Number));
        Assert.Single(run.Chunks, chunk => chunk.Kind == AgentChunkKind.CommandStarted && chunk.CommandId == "c2");
        await Eventually.TrueAsync(() => Directory.GetDirectories(Path.Combine(data, "runs")).Length == 0);
        await StopAsync(next);
        Assert.All(edge.Tokens, token => Assert.Equal($"Bearer {AgentProgram.Token}", token));
    }

    /// <summary>A breakpoint that stays behind, or an lldb that ends in its own way, would end the process.</summary>
    [LldbTheory]
    [InlineData(false, 'T')]
    [InlineData(true, 'S')]
    public async Task Kill_OfTheAgent_EndsLldb_AndLeavesTheAttachedProcessAsItIs(bool isRunning, char state)
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        var run = edge.Create(session);
        using var agent = await StartAsync();
        var answer = await edge.RequestAsync(session, $"{LldbSession.Quiet} -p {counter.Id} -o 'breakpoint set --name usleep --ignore-count 1000000'", "lldb");
        Assert.True(answer.Started, answer.Problem);
        if (isRunning)
        {
            run.Instruct(AgentInstructionKind.RunCommand, "c1", "continue");
            await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Running));
        }

        await AgentProgram.KillAsync(agent);

        await Eventually.TrueAsync(() => TracerOf(counter.Id) == 0, "nobody holds it");
        await Eventually.TrueAsync(() => counter.State == state, $"it is {counter.State}");
    }

    [Fact]
    public async Task Terminate_OfTheAgent_LeavesGdbProperly_AndExitsWithZero()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        var run = edge.Create(session);
        using var agent = await StartAsync();
        await edge.RequestAsync(session, $"-q -nx -p {counter.Id}");
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "continue");
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Running));
        Assert.Equal(0, await StopAsync(agent));
        Assert.Equal(0, TracerOf(counter.Id));
        Assert.True(counter.IsAlive);
        Assert.Equal(0, run.Chunks[^1].ExitCode);
    }

    [Fact]
    public async Task Gdb_RunsInASessionOfItsOwn_SoThatATerminalsInterruptDoesNotReachIt()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        edge.Create(session);
        using var agent = await StartAsync();
        await edge.RequestAsync(session, $"-q -nx -p {counter.Id}");
        var gdb = TracerOf(counter.Id);
        var status = await File.ReadAllTextAsync($"/proc/{gdb}/stat", TestContext.Current.CancellationToken);
        var fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        Assert.Equal($"{agent.Id}", fields[1]);
        Assert.Equal($"{gdb}", fields[2]);
        Assert.Equal($"{gdb}", fields[3]);
        await StopAsync(agent);
    }

    private Task<Process> StartAsync() => AgentProgram.StartAsync(edge, home, data);

    private static Task<int> StopAsync(Process agent) => AgentProgram.StopAsync(agent);

    private static int TracerOf(int process) => int.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("TracerPid:", StringComparison.Ordinal)).AsSpan(10));
}
