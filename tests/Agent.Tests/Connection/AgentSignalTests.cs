using OrleansKd.Agent.Tests.Debugger;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>Break and control keys on a real gdb, whatever else goes on (rules E4, E5), and what the agent tells of its spool.</summary>
public sealed class AgentSignalTests : IAsyncLifetime
{
    private const long SpoolLimit = 4 * 1024 * 1024;

    private readonly string data = Directory.CreateTempSubdirectory("orleanskd-agent-").FullName;
    private readonly string session = SessionId.New().ToString();
    private TestEdge edge = null!;

    public async ValueTask InitializeAsync() => edge = await TestEdge.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await edge.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    /// <summary>A flood that would never end, an upload that stands still, a spool at its limit that holds gdb: a Break goes through.</summary>
    [Fact]
    public async Task Break_WhenTheUploadIsStalledAndTheSpoolHoldsTheDebugger_StillStopsTheTarget()
    {
        await using var agent = await TestAgent.StartAsync(edge, data, SpoolLimit);
        var run = edge.Create(session);
        await edge.RequestAsync(session, $"-q -nx {SamplePrograms.Flood}");
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Ready));
        run.IsAccepting = false;
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "run 1000000000");
        for (var i = 2; i <= Limits.QueuedCommands; i++)
            run.Instruct(AgentInstructionKind.RunCommand, $"c{i}", $"echo must not run {i}\\n");
        await Eventually.TrueAsync(() => edge.SpoolReports.Any(report => report.State is SpoolState.Holding));
        // The level is looked at now and then: a spool that fills faster than that is told of as full at once.
        Assert.Equal([SpoolState.Normal, SpoolState.Holding], edge.SpoolReports.Select(report => report.State).Distinct().Where(state => state is not SpoolState.NearlyFull));
        Assert.Equal(SpoolLimit, edge.SpoolReports.Last().LimitBytes);

        // Also a command that the server has not passed on yet is cancelled by it.
        run.Signal("b1", cancels: ["c1", "late"]);
        await Eventually.TrueAsync(() => TargetIsStopped());
        run.IsAccepting = true;
        run.Acknowledge();
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c1"));
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCancelled, "late"));
        run.Instruct(AgentInstructionKind.RunCommand, "late", "echo must not run late\\n");
        run.Instruct(AgentInstructionKind.RunCommand, "after", "echo after the break\\n");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "after"));

        Assert.Contains("Program received signal SIGINT", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("must not run", run.Text, StringComparison.Ordinal);
        Assert.Equal(Limits.QueuedCommands, run.Chunks.Count(chunk => chunk.Kind == AgentChunkKind.CommandCancelled));
        Assert.Equal(SpoolState.Normal, edge.SpoolReports.Last().State);
    }

    [Fact]
    public async Task Gap_WhenTheHostWantsIt_TheDebuggerIsNeverHeld_AndEveryByteIsAccountedFor()
    {
        await using var agent = await TestAgent.StartAsync(edge, data, SpoolLimit);
        var run = edge.Create(session);
        await edge.RequestAsync(session, $"-q -nx {SamplePrograms.Flood}", whenSpoolFull: SpoolFullAction.Gap);
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Ready));
        run.IsAccepting = false;
        var marker = Path.Combine(data, "done");
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "run 200000");
        run.Instruct(AgentInstructionKind.RunCommand, "c2", $"shell touch {marker}");
        await Eventually.TrueAsync(() => File.Exists(marker));
        Assert.Contains(edge.SpoolReports, report => report.State is SpoolState.LeavingOut);
        Assert.DoesNotContain(edge.SpoolReports, report => report.State is SpoolState.Holding);
        run.IsAccepting = true;
        run.Acknowledge();
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c2"));

        Assert.True(run.Has(AgentChunkKind.Gap));
        var chunks = run.Chunks;
        var first = chunks.ToList().FindIndex(chunk => chunk.CommandId == "c1" && chunk.Kind == AgentChunkKind.CommandStarted);
        var last = chunks.ToList().FindIndex(chunk => chunk.CommandId == "c1" && chunk.Kind == AgentChunkKind.CommandCompleted);
        const string Line = "line 000000001 of a flood that goes on and on and on, to see what is kept\n";
        Assert.InRange(chunks.Skip(first).Take(last - first).Sum(chunk => chunk.Data.Length + (chunk.Bytes ?? 0)), 200_000 * Line.Length, (200_000 * Line.Length) + 2_000);
    }

    [Fact]
    public async Task Signals_ThatAreLateKnownOrForAnotherRun_DoNothing_AlsoAfterAReconnect()
    {
        using var counter = ForeignProcess.Start(SamplePrograms.Count, "/dev/null");
        await using var agent = await TestAgent.StartAsync(edge, data);
        var run = edge.Create(session);
        await edge.RequestAsync(session, $"-q -nx -p {counter.Id}");
        run.Instruct(AgentInstructionKind.RunCommand, "c0", "continue");
        await Eventually.TrueAsync(() => run.Chunks.Any(chunk => chunk.State == DebuggerState.Running));
        run.Signal("known");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c0"));
        run.Instruct(AgentInstructionKind.RunCommand, "c1", "continue");
        await Eventually.TrueAsync(() => run.Chunks.Count(chunk => chunk.State == DebuggerState.Running) == 2);
        edge.Cut();
        await Eventually.TrueAsync(() => run.IsAttached && edge.Attaches.Count > 1);

        run.Signal("known");
        run.Signal("late", validForSeconds: 0);
        run.Signal("other", run: 2);
        run.Signal("end of input", key: "d");
        run.Signal("no key", key: "b");
        await Eventually.TrueAsync(() => run.Chunks.Count(chunk => chunk.Kind == AgentChunkKind.KeyRefused) == 4);

        Assert.Equal([null, null, "d", "b"], run.Chunks.Where(chunk => chunk.Kind == AgentChunkKind.KeyRefused).Select(chunk => chunk.Key));
        Assert.Contains(run.Chunks, chunk => chunk.Key == "d" && chunk.Text!.Contains("'quit'", StringComparison.Ordinal));
        Assert.False(run.Has(AgentChunkKind.CommandCompleted, "c1"));
        run.Signal("ctrl-c", key: "c");
        await Eventually.TrueAsync(() => run.Has(AgentChunkKind.CommandCompleted, "c1"));
    }

    /// <summary>The flood's process is in a ptrace stop.</summary>
    private static bool TargetIsStopped() => Directory.EnumerateDirectories("/proc").Any(folder =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).StartsWith(SamplePrograms.Flood + "\0" + "1000000000", StringComparison.Ordinal)
                && File.ReadLines(Path.Combine(folder, "status")).Any(line => line.StartsWith("State:\tt", StringComparison.Ordinal));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
