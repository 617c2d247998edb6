using System.Diagnostics;
using System.IO.Pipes;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Agent.Tests.Connection;
using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Control;

/// <summary>The agent as a program on its computer: one for a sign-in, asked and stopped over its channel, seen by nobody else.</summary>
public sealed class AgentControlTests : IAsyncLifetime
{
    private const int AgentRunsAlready = 10;
    private const UnixFileMode OnlyMyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string home = Directory.CreateTempSubdirectory("orleanskd-home-").FullName;
    private TestEdge edge = null!;
    private AgentPlace place = null!;

    public async ValueTask InitializeAsync()
    {
        edge = await TestEdge.StartAsync();
        var state = Path.Combine(home, "state");
        place = new AgentPlace(state, state, "default", edge.Address);
        await AgentProgram.KeepTokenAsync(TokenFile, "token-that-no-log-shows");
    }

    private string TokenFile => Path.Combine(home, "token");

    public async ValueTask DisposeAsync()
    {
        await edge.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task Status_TellsWhatTheAgentDoes_AndStopLeavesTheDebuggerProperly()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        var session = SessionId.New().ToString();
        edge.Create(session);
        using var agent = await StartAsync();
        await edge.RequestAsync(session, $"-q -nx -p {counter.Id}");

        var status = await AskAsync(ControlVerb.Status);
        Assert.Equal((agent.Id, "lab", "default"), (status!.ProcessId, status.Computer, status.Profile));
        Assert.NotNull(status.ConnectedAt);
        Assert.False(status.StopsWhenIdle);
        var run = Assert.Single(status.Sessions);
        Assert.Equal((session, 1, "gdb", DebuggerState.Ready, false), (run.Id, run.Run, run.Debugger, run.State, run.ThroughServer));
        Assert.True(new ForeignProcess(run.ProcessId!.Value).IsAlive);

        Assert.NotNull(await ControlClient.StopAsync(place, TimeProvider.System, TestContext.Current.CancellationToken));
        await agent.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(0, agent.ExitCode);
        Assert.True(counter.IsAlive);
        Assert.NotEqual('t', counter.State);
        Assert.Null(await AskAsync(ControlVerb.Status));
        Assert.Null(await ControlClient.StopAsync(place, TimeProvider.System, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Start_WhenOnlyLocalOnesAreWanted_NeedsTheUsersWordOnThisComputer()
    {
        var session = SessionId.New().ToString();
        edge.Create(session);
        using var agent = await StartAsync("--local-start-only");
        var refused = await edge.RequestAsync(session, "-q -nx");
        Assert.False(refused.Started);
        Assert.Contains("--local-start-only", refused.Problem, StringComparison.Ordinal);

        var status = await ControlClient.ExpectAsync(place, LocalStart.OfNew("gdb", "-q -nx", isSecure: false), TestContext.Current.CancellationToken);
        Assert.True(status!.LocalStartsOnly);
        Assert.Empty(status.Sessions);
        Assert.False((await edge.RequestAsync(session, "-q -nx -ex \"shell touch here\"")).Started);
        Assert.True((await edge.RequestAsync(session, "-q -nx")).Started);

        var other = SessionId.New().ToString();
        edge.Create(other);
        Assert.False((await edge.RequestAsync(other, "-q -nx")).Started);
        Assert.Equal(session, Assert.Single((await AskAsync(ControlVerb.Status))!.Sessions).Id);
        await StopAsync(agent);
    }

    [Fact]
    public async Task Run_WhenAnAgentRuns_IsRefusedAndNamesIt()
    {
        using var agent = await StartAsync();
        using var second = AgentProcess.Start(home, Arguments);
        var error = await second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(AgentRunsAlready, second.ExitCode);
        Assert.Contains($"process {agent.Id}", error, StringComparison.Ordinal);
        Assert.Equal(agent.Id, (await AskAsync(ControlVerb.Status))!.ProcessId);
        await StopAsync(agent);
    }

    [Fact]
    public async Task Kill_OfTheAgent_LeavesNothingThatKeepsTheNextOneOut()
    {
        using (var agent = await StartAsync())
        {
            _ = LibC.kill(agent.Id, Signals.Kill);
            await agent.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.True(File.Exists(place.ControlName));
        Assert.Null(await AskAsync(ControlVerb.Status));
        using var next = await StartAsync();
        Assert.Equal(next.Id, (await AskAsync(ControlVerb.Status))!.ProcessId);
        await StopAsync(next);
    }

    [Fact]
    public async Task HangUp_OfItsTerminal_DoesNotEndTheAgent()
    {
        using var agent = await StartAsync();
        _ = LibC.kill(agent.Id, 1);
        Assert.Equal(agent.Id, (await AskAsync(ControlVerb.Status))!.ProcessId);
        Assert.False((await AskAsync(ControlVerb.Status))!.IsStopping);
        await StopAsync(agent);
    }

    [Fact]
    public async Task Run_WhenTheAgentIsEnding_TakesItsPlaceOnceItIsFree()
    {
        using var agent = await StartAsync();
        _ = LibC.kill(agent.Id, Signals.Terminate);
        using var next = await StartAsync();
        Assert.Equal(next.Id, (await AskAsync(ControlVerb.Status))!.ProcessId);
        await StopAsync(next);
    }

    [Fact]
    public async Task Ask_WhenTheAgentIsFrozen_SaysThatItDoesNotAnswer()
    {
        using var agent = await StartAsync();
        _ = LibC.kill(agent.Id, 19);
        await Eventually.TrueAsync(() => new ForeignProcess(agent.Id).State == 'T');
        var problem = await Assert.ThrowsAsync<ProblemException>(() => AskAsync(ControlVerb.Status));
        Assert.Contains("does not answer", problem.Message, StringComparison.Ordinal);
        Assert.Contains(place.LogFile, problem.Message, StringComparison.Ordinal);
        _ = LibC.kill(agent.Id, 18);
        Assert.Equal(agent.Id, (await AskAsync(ControlVerb.Status))!.ProcessId);
        await StopAsync(agent);
    }

    [Fact]
    public async Task Files_AreThisUsersOnly_AndTheLogTellsNoToken()
    {
        using var agent = await StartAsync();
        var log = (await AskAsync(ControlVerb.Status))!.Log;
        Assert.Equal(place.LogFile, log);
        Assert.Equal(OnlyMyFile | UnixFileMode.UserExecute, File.GetUnixFileMode(place.Folder));
        Assert.Equal(OnlyMyFile | UnixFileMode.UserExecute, File.GetUnixFileMode(place.DefaultData));
        Assert.All([log, place.LockFile, place.ControlName], path => Assert.Equal(OnlyMyFile, File.GetUnixFileMode(path)));
        await StopAsync(agent);
        var text = await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken);
        Assert.Contains("info Connected as computer 'lab'", text, StringComparison.Ordinal);
        Assert.Contains("info The agent has ended", text, StringComparison.Ordinal);
        Assert.DoesNotContain("token-that-no-log-shows", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Channel_WhenManyAskNonsenseOrNothing_GoesOnAnswering()
    {
        using var agent = await StartAsync();
        var silent = new List<NamedPipeClientStream>();
        for (var count = 0; count < 8; count++)
        {
            silent.Add(new NamedPipeClientStream(".", place.ControlName, PipeDirection.InOut, PipeOptions.Asynchronous));
            await silent[^1].ConnectAsync(TestContext.Current.CancellationToken);
        }
        foreach (var nonsense in (string[])["", "{}\n", "no json\n", "{\"verb\":\"explode\"}\n", new string('x', 300_000)])
        {
            await using var channel = new NamedPipeClientStream(".", place.ControlName, PipeDirection.InOut, PipeOptions.Asynchronous);
            await channel.ConnectAsync(TestContext.Current.CancellationToken);
            try
            {
                await channel.WriteAsync(System.Text.Encoding.UTF8.GetBytes(nonsense), TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                // It hung up before everything was said.
            }
        }
        Assert.Equal(agent.Id, (await AskAsync(ControlVerb.Status))!.ProcessId);
        foreach (var channel in silent)
            await channel.DisposeAsync();
        await StopAsync(agent);
    }

    private string[] Arguments => ["run", "--server", edge.Address.AbsoluteUri, "--token-file", TokenFile, "--computer", "lab"];

    private Task<AgentStatus?> AskAsync(ControlVerb verb) => ControlClient.AskAsync(place, verb, TestContext.Current.CancellationToken);

    private async Task<Process> StartAsync(params string[] more)
    {
        var agent = AgentProcess.Start(home, [.. Arguments, .. more]);
        agent.BeginErrorReadLine();
        Assert.Equal($"agent lab connected to {edge.Address}", await agent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return agent;
    }

    private static async Task StopAsync(Process agent)
    {
        _ = LibC.kill(agent.Id, Signals.Terminate);
        await agent.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Limit);
        Assert.Equal(0, agent.ExitCode);
    }
}
