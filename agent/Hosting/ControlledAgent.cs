using Microsoft.Extensions.Hosting;
using OrleansKd.Agent.Connection;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.Debugger;

namespace OrleansKd.Agent.Hosting;

/// <summary>The agent as its control channel sees it.</summary>
internal sealed class ControlledAgent(
    AgentSettings settings, AgentConnection connection, AgentRuns runs, AllowedDebuggers allowed, LocalStarts starts, AgentLog log, IHostApplicationLifetime lifetime, TimeProvider time,
    IdleStop? idle = null) : IControlledAgent
{
    private readonly DateTimeOffset startedAt = time.GetUtcNow();

    public AgentStatus Describe()
    {
        var status = connection.Status;
        return new(
            Environment.ProcessId, AgentProgram.Version, settings.Place.Profile, settings.Place.Server, settings.Computer, startedAt, status.Since, status.Problem,
            settings.StopWhenIdleFor is not null, lifetime.ApplicationStopping.IsCancellationRequested, starts.IsOnly, [.. allowed.Paths],
            log.Current ?? settings.Place.LogFile, Path.GetFullPath(settings.Data ?? settings.Place.DefaultData), runs.Describe());
    }

    public void Expect(LocalStart? start)
    {
        idle?.Expect();
        if (start is not null)
            starts.Announce(start);
    }

    public void Stop() => lifetime.StopApplication();
}
