using OrleansKd.Agent.SignIn;
using OrleansKd.Agent.Spool;

namespace OrleansKd.Agent.Control;

/// <summary>The right to be the agent of a place: one process at a time, whichever way the one before it ended.</summary>
internal sealed class AgentLock : IDisposable
{
    private readonly FileStream held;

    private AgentLock(FileStream held) => this.held = held;

    /// <summary>Null when an agent has it.</summary>
    /// <exception cref="IOException">The folder is not this user's, or can't be written.</exception>
    public static AgentLock? TryTake(AgentPlace place)
    {
        PrivateFolder.Make(place.Folder);
        try
        {
            return new AgentLock(PrivateFiles.OpenLock(place.LockFile));
        }
        catch (IOException) when (File.Exists(place.LockFile))
        {
            return null;
        }
    }

    public void Dispose() => held.Dispose();
}
