using OrleansKd.Agent.Debugger.Unix;
using OrleansKd.Contracts;
using OrleansKd.Testing.Processes;

namespace OrleansKd.Agent.Tests.Debugger;

/// <summary>A real lldb through a real gdbserver: the server's process is never killed, and stays as it was left for whoever comes next.</summary>
public sealed class LldbServerTests : IAsyncLifetime
{
    private GdbServer stub = null!;

    public async ValueTask InitializeAsync() => stub = await GdbServer.StartAsync(SamplePrograms.Count, "/dev/null");

    public ValueTask DisposeAsync()
    {
        stub.Dispose();
        return ValueTask.CompletedTask;
    }

    [LldbTheory]
    [InlineData(TargetFate.LeaveStopped, false)]
    [InlineData(TargetFate.LeaveStopped, true)]
    [InlineData(null, false)]
    public async Task Leave_WhenItShallStayStopped_KeepsItForTheNextDebugger(TargetFate? fate, bool isRunning)
    {
        await using (var lldb = await ConnectAsync(isRunning))
            Assert.Equal(TargetFate.LeaveStopped, await lldb.LeftAsync(fate));

        Assert.Equal((true, 't'), (stub.IsAlive, stub.TargetState));
        await using var next = await GdbSession.StartAsync(stub.Arguments);
        Assert.Contains($"process {stub.TargetId}", await next.RunAsync("info inferiors"), StringComparison.Ordinal);
    }

    [LldbTheory]
    [InlineData(TargetFate.LetRun, false)]
    [InlineData(TargetFate.LetRun, true)]
    [InlineData(null, true)]
    public async Task Leave_WhenItShallRun_LetsItRun(TargetFate? fate, bool isRunning)
    {
        await using var lldb = await ConnectAsync(isRunning);

        Assert.Equal(TargetFate.LetRun, await lldb.LeftAsync(fate));

        await Eventually.TrueAsync(() => stub.TargetState == 'S', $"it is {stub.TargetState}");
    }

    [LldbFact]
    public async Task Kill_OfLldb_WhileTheTargetIsStopped_KeepsItStopped()
    {
        await using var lldb = await ConnectAsync(isRunning: false);
        lldb.Process.Kill();
        await lldb.Process.Exited;
        Assert.Equal((true, 't'), (stub.IsAlive, stub.TargetState));
    }

    [LldbFact]
    public async Task Break_ThroughTheServer_StopsTheTarget()
    {
        await using var lldb = await ConnectAsync(isRunning: true);
        lldb.Process.Break();
        await lldb.UntilAsync(DebuggerState.Ready);
        Assert.Equal('t', stub.TargetState);
        Assert.Equal(TargetFate.LetRun, await lldb.LeftAsync(TargetFate.LetRun));
    }

    /// <summary>Frozen: the connection is closed without a word, and nothing is claimed.</summary>
    [LldbFact]
    public async Task Leave_WhenTheServerDoesNotAnswer_EndsAndKillsNothing()
    {
        await using var lldb = await ConnectAsync(isRunning: false);
        Assert.Equal(0, LibC.kill(stub.ProcessId, Signals.Stop));
        try
        {
            Assert.Null(await lldb.LeftAsync(TargetFate.LetRun).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        }
        finally
        {
            Assert.Equal(0, LibC.kill(stub.ProcessId, Signals.Continue));
        }
        Assert.NotEqual('?', stub.TargetState);
    }

    private async Task<DebuggerSession> ConnectAsync(bool isRunning)
    {
        var lldb = await LldbSession.StartAsync($"-o 'gdb-remote 127.0.0.1:{stub.Port}'");
        Assert.True(lldb.Debugger.ThroughServer);
        await lldb.UntilAsync(DebuggerState.Ready);
        if (isRunning)
        {
            lldb.Begin("continue");
            await lldb.UntilAsync(DebuggerState.Running);
        }
        return lldb;
    }
}
