using OrleansKd.Agent.Api;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.Hosting;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Tests.Server;

/// <summary>The agent on the computer of a test, as a test has it.</summary>
public sealed class ScriptedAgent : ILocalAgent
{
    public const string Computer = "kdbox";

    public bool IsRunning { get; set; } = true;

    /// <summary>Set: it can't be started, for this reason.</summary>
    public string? Problem { get; set; }

    /// <summary>What it was told that the server would be asked for.</summary>
    public LocalStart? Announced { get; private set; }

    public int Starts { get; private set; }

    public Task<ComputerSummary> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(new ComputerSummary(Computer, IsRunning, ["/usr/bin/gdb"]));

    public Task EnsureAsync(LocalStart start, Action? starting, CancellationToken cancellationToken)
    {
        Announced = start;
        if (IsRunning)
            return Task.CompletedTask;
        starting?.Invoke();
        Starts++;
        if (Problem is not null)
            throw new ProblemException(ProblemCodes.ComputerNotFound, Problem);
        IsRunning = true;
        return Task.CompletedTask;
    }
}
