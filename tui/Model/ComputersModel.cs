using OrleansKd.Agent.Api;
using OrleansKd.Agent.Hosting;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model;

/// <summary>The user's computers that have or had an agent; this one first, whether it had or not.</summary>
internal sealed class ComputersModel(SessionsClient sessions, ILocalAgent agent) : LiveModel
{
    public IReadOnlyList<ComputerSummary> Computers { get; private set; } = [];

    /// <summary>Name of this computer.</summary>
    public string? Here { get; private set; }

    public bool IsHere(ComputerSummary computer) => string.Equals(computer.Name, Here, StringComparison.OrdinalIgnoreCase);

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var here = await agent.DescribeAsync(cancellationToken);
        var all = await sessions.GetComputersAsync(cancellationToken);
        Here = here.Name;
        Computers = [all.FirstOrDefault(IsHere) ?? here, .. all.Where(computer => !IsHere(computer)).OrderByDescending(computer => computer.IsOnline).ThenBy(computer => computer.Name, StringComparer.OrdinalIgnoreCase)];
    }
}
