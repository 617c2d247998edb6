using OrleansKd.Agent.Spool;

namespace OrleansKd.Agent.Connection;

/// <param name="Server">Address of the edge.</param>
/// <param name="Computer">This computer's name, unique among the user's computers.</param>
/// <param name="Token">The user's access token; asked for at each connect.</param>
internal sealed record AgentOptions(Uri Server, string Computer, Func<CancellationToken, Task<string?>> Token)
{
    /// <summary>New for each start of the agent.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Bytes of output of one run that are kept on this computer's disk.</summary>
    public long SpoolLimitBytes { get; init; } = OutputSpool.DefaultLimitBytes;
}
