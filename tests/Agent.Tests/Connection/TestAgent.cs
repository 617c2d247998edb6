using Microsoft.Extensions.Logging.Abstractions;
using OrleansKd.Agent.Connection;
using OrleansKd.Agent.Debugger;
using OrleansKd.Agent.Spool;

namespace OrleansKd.Agent.Tests.Connection;

/// <summary>The agent's parts, composed as its program composes them, in this process.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    private readonly SpoolRoot spools;
    private readonly AgentWorker worker;

    private TestAgent(TestEdge edge, string data, long spoolLimitBytes)
    {
        spools = new SpoolRoot(data);
        var time = TimeProvider.System;
        var options = new AgentOptions(edge.Address, "lab", _ => Task.FromResult<string?>("token-of-the-test")) { SpoolLimitBytes = spoolLimitBytes };
        var links = new CurrentLink();
        var allowed = AllowedDebuggers.Find(Environment.GetEnvironmentVariable("PATH"), []);
        var runs = new AgentRuns(options, new DebuggerLauncher(allowed, time), new LocalStarts(false, time), spools, new KeptArguments(spools, time), links, time, NullLogger<AgentRuns>.Instance);
        worker = new AgentWorker(new AgentConnection(options, allowed, runs, links, time, NullLogger<AgentConnection>.Instance), runs, time);
    }

    public IReadOnlyList<string> SpoolFolders => spools.All();

    public static async Task<TestAgent> StartAsync(TestEdge edge, string data, long spoolLimitBytes = OutputSpool.DefaultLimitBytes)
    {
        var agent = new TestAgent(edge, data, spoolLimitBytes);
        await agent.worker.StartAsync(TestContext.Current.CancellationToken);
        return agent;
    }

    /// <summary>Stops it as SIGTERM does.</summary>
    public async ValueTask DisposeAsync()
    {
        await worker.StopAsync(CancellationToken.None);
        worker.Dispose();
        spools.Dispose();
    }
}
