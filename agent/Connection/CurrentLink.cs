namespace OrleansKd.Agent.Connection;

/// <summary>The connection that is up, for those who wait for one.</summary>
internal sealed class CurrentLink
{
    private readonly Lock gate = new();
    private TaskCompletionSource<AgentLink> current = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<AgentLink> GetAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            return current.Task.WaitAsync(cancellationToken);
    }

    public void Set(AgentLink link)
    {
        lock (gate)
            current.SetResult(link);
    }

    public void Clear()
    {
        lock (gate)
            current = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
