using System.Globalization;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Spool;

/// <summary>The folder of all runs of one agent, held exclusively: another agent must not take a live run for one left behind.</summary>
internal sealed class SpoolRoot : IDisposable
{
    private readonly string runs;
    private readonly FileStream held;

    /// <param name="data">The agent's data folder.</param>
    /// <exception cref="IOException">Another agent uses it, or somebody else owns it; the message says what to do.</exception>
    public SpoolRoot(string data)
    {
        data = Path.GetFullPath(data);
        PrivateFolder.Make(data);
        runs = Path.Combine(data, "runs");
        PrivateFolder.Make(runs);
        Sessions = Path.Combine(data, "sessions");
        PrivateFolder.Make(Sessions);
        try
        {
            held = PrivateFiles.OpenLock(Path.Combine(data, "agent.lock"));
        }
        catch (IOException problem)
        {
            throw new IOException($"Another agent uses the folder '{data}'. End it, or give this one a folder of its own with --data.", problem);
        }
    }

    public string FolderOf(SessionId session, int run) => Path.Combine(runs, $"{session}-{run.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Folder for what is kept of sessions that may be opened again.</summary>
    public string Sessions { get; }

    /// <summary>Folders that hold runs.</summary>
    public IReadOnlyList<string> All() => Directory.GetDirectories(runs);

    public void Dispose() => held.Dispose();
}
